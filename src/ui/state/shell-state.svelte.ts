const COLLAPSED_KEY = 'switchyard:sidebar-collapsed';

/** A field of the settings that a person was sent to. */
export type WantedField = 'key' | 'address' | 'models' | 'proxy';

/** How the page is arranged, and the one place that puts the focus into the message box. */
export class ShellState {
  readonly #mirror: Pick<Storage, 'getItem' | 'setItem'> | null;
  #drawerOpen = $state(false);
  #collapsed = $state(false);
  #online = $state(true);
  #wanted = $state<WantedField | null>(null);
  #focusComposer: (() => void) | null = null;
  #openModelPicker: (() => void) | null = null;

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

  /** Takes the focus as soon as it is on the page, and says so with `want(null)`. */
  get wanted(): WantedField | null {
    return this.#wanted;
  }

  want(field: WantedField | null): void {
    this.#wanted = field;
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

  /** The model picker says how to open it, while it is on the page. */
  registerModelPicker(open: () => void): () => void {
    this.#openModelPicker = open;
    return () => {
      if (this.#openModelPicker === open) this.#openModelPicker = null;
    };
  }

  openModelPicker(): void {
    this.#openModelPicker?.();
  }
}

export function createShellState(mirror: Pick<Storage, 'getItem' | 'setItem'> | null): ShellState {
  return new ShellState(mirror);
}
