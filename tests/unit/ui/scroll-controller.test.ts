import { describe, expect, it } from 'vitest';
import { createScrollController, type ScrollController } from '../../../src/ui/chat/scroll-controller.ts';

class FakeBox {
  scrollHeight = 1000;
  clientHeight = 400;
  behaviors: string[] = [];
  controller: ScrollController | null = null;
  #top = 0;

  get scrollTop(): number {
    return this.#top;
  }
  set scrollTop(value: number) {
    this.#top = Math.max(0, Math.min(value, this.scrollHeight - this.clientHeight));
  }
  scrollTo({ top, behavior }: { top: number; behavior: 'auto' | 'smooth' }): void {
    this.behaviors.push(behavior);
    if (behavior === 'smooth') return;
    this.scrollTop = top;
    this.controller?.scrolled();
  }
  get distance(): number {
    return this.scrollHeight - this.clientHeight - this.#top;
  }
  /** The person moves it. */
  moveTo(top: number): void {
    this.scrollTop = top;
    this.controller?.scrolled();
  }
  grow(px: number): void {
    this.scrollHeight += px;
    this.controller?.contentChanged();
  }
}

function setUp(reducedMotion = false): { box: FakeBox; scroll: ScrollController; jump: boolean[] } {
  const box = new FakeBox();
  const jump: boolean[] = [];
  const scroll = createScrollController({
    box,
    reducedMotion: () => reducedMotion,
    onJumpVisible: (visible) => jump.push(visible),
  });
  box.controller = scroll;
  scroll.pin();
  return { box, scroll, jump };
}

describe('scrolling', () => {
  it('[UI20] follows the end while the reply grows', () => {
    const { box, scroll } = setUp();
    for (let i = 0; i < 50; i++) box.grow(24);
    expect(box.distance).toBe(0);
    expect(scroll.pinned).toBe(true);
  });

  it.each([
    ['wheel up', (scroll: ScrollController) => scroll.wheel(-4)],
    ['PageUp', (scroll: ScrollController) => scroll.key('PageUp')],
    ['Home', (scroll: ScrollController) => scroll.key('Home')],
    [
      'a finger that draws down',
      (scroll: ScrollController) => {
        scroll.touchStart(100);
        scroll.touchMove(110);
      },
    ],
  ])('[UI21] %s lets go at once: what grows below moves nothing', (_name, act) => {
    const { box, scroll } = setUp();
    act(scroll);
    const before = box.scrollTop;
    box.grow(500);
    expect(box.scrollTop).toBe(before);
    expect(scroll.pinned).toBe(false);
  });

  it('[UI21] wheel down, other keys and a trembling finger do not let go', () => {
    const { scroll } = setUp();
    scroll.wheel(8);
    scroll.key('Tab');
    scroll.touchStart(100);
    scroll.touchMove(102);
    expect(scroll.pinned).toBe(true);
  });

  it('[UI21] the dragged scroll bar lets go too', () => {
    const { box, scroll } = setUp();
    box.moveTo(300);
    expect(scroll.pinned).toBe(false);
  });

  it('[UI22] who comes back to within 60 px of the end is followed again', () => {
    const { box, scroll } = setUp();
    box.moveTo(200);
    box.moveTo(530);
    expect(scroll.pinned).toBe(false);
    box.moveTo(545);
    expect(scroll.pinned).toBe(true);
  });

  it('[UI22] moving up within the last 60 px stays let go', () => {
    const { box, scroll } = setUp();
    box.moveTo(560);
    expect(scroll.pinned).toBe(false);
    box.grow(30);
    expect(box.scrollTop).toBe(560);
  });

  it('[UI23] the jump button appears beyond 200 px and goes within 60 px, without flicker between', () => {
    const { box, jump } = setUp();
    box.moveTo(450);
    expect(jump).toEqual([]);
    box.moveTo(380);
    expect(jump).toEqual([true]);
    box.moveTo(500);
    expect(jump).toEqual([true]);
    box.moveTo(545);
    expect(jump).toEqual([true, false]);
  });

  it('[UI24] the jump is smooth, ends at a moved target, and is instant with reduced motion', () => {
    const { box, scroll } = setUp();
    box.moveTo(0);
    box.behaviors = [];
    scroll.jump();
    box.grow(100);
    expect(box.behaviors).toEqual(['smooth', 'smooth']);
    box.moveTo(700);
    box.grow(50);
    expect(box.behaviors.at(-1)).toBe('auto');
    expect(box.distance).toBe(0);

    const calm = setUp(true);
    calm.box.moveTo(0);
    calm.scroll.jump();
    expect(calm.box.distance).toBe(0);
  });

  it('[UI25] earlier messages put in above leave the reader where they are', () => {
    const { box, scroll } = setUp();
    box.moveTo(100);
    const fromEnd = box.distance;
    scroll.keepPlace(() => {
      box.scrollHeight += 900;
    });
    expect(box.distance).toBe(fromEnd);
    expect(scroll.pinned).toBe(false);
  });

  it('[UI20] content that shrinks (a folded detail) does not let go', () => {
    const { box, scroll } = setUp();
    box.scrollHeight -= 200;
    box.moveTo(box.scrollHeight);
    expect(scroll.pinned).toBe(true);
  });
});
