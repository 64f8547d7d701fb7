import { AppError } from '../../errors/index.ts';
import type { OrtRuntime } from './ort-runtime.ts';
import { outOfMemory } from './runtime-error.ts';
import type { ExternalData } from './runtime-module.ts';

const POINTER_BYTES = 4;
const ALL_OPTIMIZATIONS = 99;
const LOG_ERRORS_ONLY = 3;

/** A graph ready to run. */
export interface OrtSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /**
   * One run. `inputs` and `outputs` are tensors in the order of the names; 0 lets the runtime allocate an output. Gives
   * the output tensors in order; those that were 0 belong to the caller, who releases them.
   */
  run(inputs: readonly number[], outputs: readonly number[]): readonly number[];
  dispose(): void;
}

/** Blocks until the graph is ready; asks `external` for every tensor meanwhile. */
export function createOrtSession(
  runtime: OrtRuntime,
  graph: Uint8Array,
  externalPath: string,
  external: ExternalData,
): OrtSession {
  const { module } = runtime;
  module.mountExternalData(externalPath, external);
  try {
    return wrapSession(runtime, openSession(runtime, graph));
  } finally {
    module.unmountExternalData();
  }
}

function openSession(runtime: OrtRuntime, graph: Uint8Array): number {
  const { module } = runtime;
  const logId = runtime.text('engine');
  const bytes = runtime.allocate(graph.byteLength);
  let options = 0;
  try {
    // Arena on, memory pattern off: shapes change from run to run.
    options = runtime.handle(() =>
      module._OrtCreateSessionOptions(ALL_OPTIMIZATIONS, 1, 0, 0, 0, 0, logId, LOG_ERRORS_ONLY, 0, 0),
    );
    runtime.bytes().set(graph, bytes);
    return createHandle(runtime, bytes, graph.byteLength, options);
  } finally {
    if (options !== 0) module._OrtReleaseSessionOptions(options);
    runtime.free(bytes);
    runtime.free(logId);
  }
}

/** A graph that is refused is no accident of the runtime: a fresh worker would fail the same way. */
function createHandle(runtime: OrtRuntime, bytes: number, sizeBytes: number, options: number): number {
  try {
    return runtime.handle(() => runtime.module._OrtCreateSession(bytes, sizeBytes, options));
  } catch (error) {
    const failure = AppError.from(error);
    if (failure.code !== 'engine/lost' || failure.cause !== undefined) throw failure;
    throw new AppError('app/internal', `The runtime refused the graph. ${failure.message}`, { cause: failure });
  }
}

function wrapSession(runtime: OrtRuntime, session: number): OrtSession {
  const { module } = runtime;
  const { inputs, outputs } = readNames(runtime, session);
  const lists = runtime.allocate(POINTER_BYTES * 2 * (inputs.length + outputs.length));
  const inputNames = lists;
  const inputTensors = inputNames + POINTER_BYTES * inputs.length;
  const outputNames = inputTensors + POINTER_BYTES * inputs.length;
  const outputTensors = outputNames + POINTER_BYTES * outputs.length;
  const write = (list: number, values: readonly number[]): void =>
    values.forEach((value, i) => module.setValue(list + POINTER_BYTES * i, value, '*'));
  const pointersOf = (names: readonly Named[]): number[] => names.map((named) => named.pointer);
  write(inputNames, pointersOf(inputs));
  write(outputNames, pointersOf(outputs));
  return {
    inputNames: inputs.map((named) => named.name),
    outputNames: outputs.map((named) => named.name),
    run: (inputValues, outputValues) => {
      write(inputTensors, inputValues);
      write(outputTensors, outputValues);
      runtime.check(() =>
        module._OrtRun(session, inputNames, inputTensors, inputs.length, outputNames, outputs.length, outputTensors, 0),
      );
      return outputValues.map((_, i) => module.getValue(outputTensors + POINTER_BYTES * i, '*'));
    },
    dispose: () => {
      runtime.free(lists);
      for (const { pointer } of [...inputs, ...outputs]) module._OrtFree(pointer);
      module._OrtReleaseSession(session);
    },
  };
}

interface Named {
  readonly name: string;
  readonly pointer: number;
}

function readNames(runtime: OrtRuntime, session: number): { inputs: readonly Named[]; outputs: readonly Named[] } {
  const { module } = runtime;
  const stack = module.stackSave();
  try {
    const out = module.stackAlloc(2 * POINTER_BYTES);
    runtime.check(() => module._OrtGetInputOutputCount(session, out, out + POINTER_BYTES));
    const inputCount = module.getValue(out, 'i32');
    const count = inputCount + module.getValue(out + POINTER_BYTES, 'i32');
    const names = Array.from({ length: count }, (_, index): Named => {
      runtime.check(() => module._OrtGetInputOutputMetadata(session, index, out, out + POINTER_BYTES));
      const pointer = module.getValue(out, '*');
      module._OrtFree(module.getValue(out + POINTER_BYTES, '*'));
      if (pointer === 0) throw outOfMemory(`name ${index} of the graph`);
      return { name: module.UTF8ToString(pointer), pointer };
    });
    return { inputs: names.slice(0, inputCount), outputs: names.slice(inputCount) };
  } finally {
    module.stackRestore(stack);
  }
}
