/** The page that a tab shows, as far as a connection cares. */
export interface TabPage {
  visible(): boolean;
  /** Calls back when the page is shown again: after it was hidden, or out of the back-forward cache. Returns how to stop. */
  onShown(listener: () => void): () => void;
}
