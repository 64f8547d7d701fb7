import type { ProviderClient } from '../../client/switchyard-client.ts';
import type { WireError } from '../../contracts/error.ts';
import type { Diagnosis, DoctorEvent, DoctorStep } from '../../contracts/provider.ts';
import { AppError } from '../../errors/index.ts';

export interface ShownStep {
  readonly step: DoctorStep;
  readonly outcome: 'running' | 'passed' | 'failed' | 'skipped';
  /** Milliseconds; null while it runs. */
  readonly tookMs: number | null;
  readonly found?: string;
}

/** - `done`: there is a diagnosis; - `failed`: the check itself could not be run, see `error`. */
export type DoctorPhase = 'idle' | 'running' | 'done' | 'cancelled' | 'failed';

/** One check of a connection, step by step as it happens. */
export class DoctorState {
  readonly #client: Pick<ProviderClient, 'diagnose'>;
  #phase = $state<DoctorPhase>('idle');
  #steps = $state.raw<readonly ShownStep[]>([]);
  #diagnosis = $state.raw<Diagnosis | null>(null);
  #error = $state.raw<WireError | null>(null);
  #run: AbortController | null = null;

  constructor(client: Pick<ProviderClient, 'diagnose'>) {
    this.#client = client;
  }

  get phase(): DoctorPhase {
    return this.#phase;
  }
  get steps(): readonly ShownStep[] {
    return this.#steps;
  }
  get diagnosis(): Diagnosis | null {
    return this.#diagnosis;
  }
  get error(): WireError | null {
    return this.#error;
  }

  /** Starts anew; a check that runs is dropped. */
  async run(label: string, model?: string): Promise<void> {
    this.#run?.abort();
    const run = new AbortController();
    this.#run = run;
    this.#phase = 'running';
    this.#steps = [];
    this.#diagnosis = null;
    this.#error = null;
    const { signal } = run;
    try {
      for await (const event of this.#client.diagnose(label, { ...(model === undefined ? {} : { model }), signal })) {
        if (signal.aborted) return;
        this.#apply(event);
      }
      if (signal.aborted) return;
      if (this.diagnosis) this.#phase = 'done';
      else this.#fail(new AppError('hub/lost', 'The check ended without a verdict.'));
    } catch (cause) {
      if (!signal.aborted) this.#fail(AppError.from(cause));
    }
  }

  cancel(): void {
    if (this.#phase !== 'running') return;
    this.#run?.abort();
    this.#phase = 'cancelled';
    this.#steps = this.#steps.map((step) => (step.outcome === 'running' ? { ...step, outcome: 'skipped' } : step));
  }

  dispose(): void {
    this.#run?.abort();
  }

  #apply(event: DoctorEvent): void {
    if (event.type === 'verdict') {
      this.#diagnosis = event.diagnosis;
      return;
    }
    const next: ShownStep =
      event.type === 'step-started'
        ? { step: event.step, outcome: 'running', tookMs: null }
        : {
            step: event.step,
            outcome: event.outcome,
            tookMs: event.tookMs,
            ...(event.found === undefined ? {} : { found: event.found }),
          };
    const known = this.#steps.some(({ step }) => step === next.step);
    this.#steps = known ? this.#steps.map((step) => (step.step === next.step ? next : step)) : [...this.#steps, next];
  }

  #fail(error: AppError): void {
    this.#phase = 'failed';
    this.#error = error.toWire();
  }
}

export function createDoctorState(client: Pick<ProviderClient, 'diagnose'>): DoctorState {
  return new DoctorState(client);
}
