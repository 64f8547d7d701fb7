import type { SwitchyardClient } from '../../client/switchyard-client.ts';
import type { WireError } from '../../contracts/error.ts';
import type { LiveState, MetricsDimension, MetricsTimeline } from '../../contracts/metrics.ts';
import type { BudgetStatus } from '../../contracts/spend.ts';
import { AppError } from '../../errors/index.ts';
import { rangeOf, STEP_MS, type SpanId } from './spans.ts';

/** How often is looked while the page is seen. */
export const LOOK_INTERVAL_MS = 1000;
/** Nothing is drawn more often than this, whatever happens. */
export const LEAST_PAUSE_MS = 500;
/** Steps of an hour or more hardly change from one second to the next, and many records are read for them. */
const SLOW_INTERVAL_MS = 5000;

export type DashboardClient = Pick<SwitchyardClient, 'getTimeline' | 'getLiveState' | 'getSummary' | 'budgetStatus'>;

export interface DashboardDeps {
  readonly client: DashboardClient;
  /** Wall clock, milliseconds since the epoch. */
  readonly now: () => number;
  readonly isVisible: () => boolean;
}

/** Figures, and what they are of. */
export interface ShownTimeline {
  readonly span: SpanId;
  readonly by: MetricsDimension;
  readonly stepMs: number;
  readonly figures: MetricsTimeline;
}

/** What the dashboard shows, read again while it is looked at. */
export class DashboardState {
  readonly #deps: DashboardDeps;
  #span = $state<SpanId>('hour');
  #by = $state<MetricsDimension>('model');
  #timeline = $state.raw<ShownTimeline | null>(null);
  #live = $state.raw<LiveState | null>(null);
  #budgets = $state.raw<readonly BudgetStatus[]>([]);
  #hasAny = $state(true);
  #error = $state.raw<WireError | null>(null);
  #looking = false;
  #again = false;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #countedAt = Number.NEGATIVE_INFINITY;

  constructor(deps: DashboardDeps) {
    this.#deps = deps;
  }

  get span(): SpanId {
    return this.#span;
  }
  get by(): MetricsDimension {
    return this.#by;
  }
  /** Null until it was read. */
  get timeline(): ShownTimeline | null {
    return this.#timeline;
  }
  get live(): LiveState | null {
    return this.#live;
  }
  get budgets(): readonly BudgetStatus[] {
    return this.#budgets;
  }
  /** Something was asked at any time. */
  get hasAny(): boolean {
    return this.#hasAny;
  }
  /** Why the last look failed; what was read before is still shown. */
  get error(): WireError | null {
    return this.#error;
  }

  show(choice: { readonly span?: SpanId; readonly by?: MetricsDimension }): void {
    this.#span = choice.span ?? this.#span;
    this.#by = choice.by ?? this.#by;
    void this.look();
  }

  /** Looks now and again until the returned function is called; a page that is not seen is left alone. */
  follow(): () => void {
    void this.look();
    const timer = setInterval(() => this.hear(), LOOK_INTERVAL_MS);
    return () => clearInterval(timer);
  }

  /** Something may have happened: looks, unless it just did or nobody sees it. */
  hear(): void {
    const { now, isVisible } = this.#deps;
    const pause = now() - this.#lookedAt;
    if (isVisible() && !this.#looking && (pause >= LEAST_PAUSE_MS || pause < 0)) void this.#look(this.#isSlow());
  }

  /** Looks at everything at once. */
  async look(): Promise<void> {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    await this.#look(false);
  }

  async #look(onlyNow: boolean): Promise<void> {
    const { client, now } = this.#deps;
    this.#looking = true;
    this.#lookedAt = now();
    try {
      const [live, budgets, timeline] = await Promise.all([
        client.getLiveState(),
        client.budgetStatus(),
        onlyNow ? this.#timeline : this.#count(),
      ]);
      this.#error = null;
      this.#live = live;
      if (isOther(budgets, this.#budgets)) this.#budgets = budgets;
      // What is the same is not drawn again.
      if (isOther(timeline, this.#timeline)) this.#timeline = timeline;
    } catch (cause) {
      this.#error = AppError.from(cause).toWire();
    } finally {
      this.#looking = false;
    }
    if (!this.#again) return;
    this.#again = false;
    await this.#look(false);
  }

  async #count(): Promise<ShownTimeline> {
    const [span, by, now] = [this.#span, this.#by, this.#deps.now()];
    const { client } = this.#deps;
    const range = rangeOf(span, now);
    this.#countedAt = now;
    const figures = await client.getTimeline({ ...range, by });
    this.#hasAny = figures.groups.length > 0 || (await client.getSummary()).total_requests > 0;
    return { span, by, stepMs: STEP_MS[range.step], figures };
  }

  #isSlow(): boolean {
    const since = this.#deps.now() - this.#countedAt;
    return this.#span !== 'hour' && this.#timeline !== null && since >= 0 && since < SLOW_INTERVAL_MS;
  }
}

function isOther(after: unknown, before: unknown): boolean {
  return JSON.stringify(after) !== JSON.stringify(before);
}

export function createDashboardState(deps: DashboardDeps): DashboardState {
  return new DashboardState(deps);
}
