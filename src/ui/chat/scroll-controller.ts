/** The parts of a scroll container that the controller uses. */
export interface ScrollBox {
  scrollTop: number;
  readonly scrollHeight: number;
  readonly clientHeight: number;
  scrollTo(options: { top: number; behavior: 'auto' | 'smooth' }): void;
}

export interface ScrollControllerOptions {
  readonly box: ScrollBox;
  readonly reducedMotion: () => boolean;
  /** The button "jump to the latest" appears or vanishes. */
  readonly onJumpVisible: (visible: boolean) => void;
}

const STICK_PX = 60;
const JUMP_SHOW_PX = 200;
const JUMP_HIDE_PX = 60;
const DRIFT_PX = 3;

/**
 * The only owner of the conversation's scroll position. Pinned, it follows the end as the content grows. A reader who moves up
 * by wheel, finger or key is let go at once and pinned again only when they come back to the end themselves.
 */
export class ScrollController {
  readonly #options: ScrollControllerOptions;
  #pinned = true;
  #jumpVisible = false;
  #lastTop = 0;
  #touchY: number | null = null;
  /** Set while a smooth jump that we started is on its way down. */
  #jumping = false;

  constructor(options: ScrollControllerOptions) {
    this.#options = options;
  }

  get pinned(): boolean {
    return this.#pinned;
  }

  /** The content or the box changed its size. */
  contentChanged(): void {
    if (this.#pinned) this.#toEnd();
    this.#updateJump();
  }

  /** The `scroll` event, ours and theirs. */
  scrolled(): void {
    const top = this.#options.box.scrollTop;
    const movedUp = this.#lastTop - top;
    this.#lastTop = top;
    if (this.#distance() <= STICK_PX && movedUp <= 0) {
      this.#pinned = true;
      this.#jumping = false;
    } else if (movedUp > DRIFT_PX && !this.#contentShrank()) {
      this.release();
    }
    this.#updateJump();
  }

  wheel(deltaY: number): void {
    if (deltaY < 0 && this.#canMove()) this.release();
  }

  touchStart(clientY: number): void {
    this.#touchY = clientY;
  }

  /** A finger that moves down draws the content up. */
  touchMove(clientY: number): void {
    if (this.#touchY !== null && clientY - this.#touchY > DRIFT_PX && this.#canMove()) this.release();
  }

  key(key: string): void {
    if ((key === 'PageUp' || key === 'Home' || key === 'ArrowUp') && this.#canMove()) this.release();
  }

  release(): void {
    this.#pinned = false;
    this.#jumping = false;
  }

  /** To the end at once, pinned: on opening a chat and on sending. */
  pin(): void {
    this.#pinned = true;
    this.#jumping = false;
    this.#toEnd();
    this.#updateJump();
  }

  /** The button: a smooth way down, if motion is welcome. */
  jump(): void {
    this.#pinned = true;
    this.#jumping = !this.#options.reducedMotion();
    this.#toEnd();
    this.#setJump(false);
  }

  /** Content is put in above what is read: the reader's place stays. */
  keepPlace(change: () => void): void {
    const { box } = this.#options;
    const before = box.scrollHeight - box.scrollTop;
    change();
    box.scrollTop = box.scrollHeight - before;
    this.#lastTop = box.scrollTop;
  }

  #toEnd(): void {
    const { box } = this.#options;
    // On a smooth way down the target only moves; an instant scroll would cut the way short.
    if (this.#distance() > 0) box.scrollTo({ top: box.scrollHeight, behavior: this.#jumping ? 'smooth' : 'auto' });
    this.#lastTop = box.scrollTop;
  }

  #distance(): number {
    const { box } = this.#options;
    return Math.max(0, box.scrollHeight - box.clientHeight - box.scrollTop);
  }

  #canMove(): boolean {
    return this.#options.box.scrollTop > 0;
  }

  /** At the very end after content went away the browser itself moved the position up. */
  #contentShrank(): boolean {
    return this.#pinned && this.#distance() < 1;
  }

  #updateJump(): void {
    const distance = this.#distance();
    if (this.#pinned || distance < JUMP_HIDE_PX) this.#setJump(false);
    else if (distance > JUMP_SHOW_PX) this.#setJump(true);
  }

  #setJump(visible: boolean): void {
    if (visible === this.#jumpVisible) return;
    this.#jumpVisible = visible;
    this.#options.onJumpVisible(visible);
  }
}

export function createScrollController(options: ScrollControllerOptions): ScrollController {
  return new ScrollController(options);
}
