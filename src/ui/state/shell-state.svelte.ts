const COLLAPSED_KEY = 'switchyard:sidebar-collapsed';

/** How the page is arranged, and the one place that puts the focus into the message box. */
export class ShellState {
  readonly #mirror: Pick<Storage, 'getItem' | 'setItem'> | null;
  #drawerOpen = $state(false);
  #collapsed = $state(false);
  #online = $state(true);
  #focusComposer: (() => void) | null = null;

  constructor(mirror: Pick<Storage, 'getItem' | 'setItem'> | null) {
    this.#mirror = mirror;
    this.#collapsed = mirror?.getItem(COLLAPSED_KEY) === '1';
  }

  /** Narrow screens: the sidebar lies over the page. */
  get drawerOpen(): boolean {
    return this.#drawerOpen;
  }
  /** Wide screens: the sidebar is put away. */
  get collapsed(): boolean {
    return this.#collapsed;
  }
  get online(): boolean {
    return this.#online;
  }

  setDrawer(open: boolean): void {
    this.#drawerOpen = open;
  }

  setCollapsed(collapsed: boolean): void {
    this.#collapsed = collapsed;
    try {
      this.#mirror?.setItem(COLLAPSED_KEY, collapsed ? '1' : '0');
    } catch {
      // Where nothing may be stored the sidebar is open again at the next start.
    }
  }

  setOnline(online: boolean): void {
    this.#online = online;
  }

  /** The composer says how to focus it, while it is on the page. */
  registerComposer(focus: () => void): () => void {
    this.#focusComposer = focus;
    return () => {
      if (this.#focusComposer === focus) this.#focusComposer = null;
    };
  }

  focusComposer(): void {
    this.#focusComposer?.();
  }
}

export function createShellState(mirror: Pick<Storage, 'getItem' | 'setItem'> | null): ShellState {
  return new ShellState(mirror);
}
