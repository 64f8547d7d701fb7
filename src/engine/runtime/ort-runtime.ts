import { createOrtSession, type OrtSession } from './ort-session.ts';
import { fromRuntimeMessage, fromRuntimeThrow, outOfMemory } from './runtime-error.ts';
import type { ExternalData, RuntimeModule } from './runtime-module.ts';

const ELEMENT_TYPES = { float32: 1, int64: 7 } as const;
const ON_CPU = 1;
const LOG_ERRORS_ONLY = 3;
const POINTER_BYTES = 4;

export type ElementType = keyof typeof ELEMENT_TYPES;

/** Bytes in the runtime's memory, and the tensor that stands on them. */
export interface TensorView {
  readonly pointer: number;
  readonly dimensions: readonly number[];
}

/** The runtime's memory and values. Every call throws `engine/lost` or `engine/out-of-memory` when the runtime fails. */
export interface OrtRuntime {
  readonly module: RuntimeModule;
  /** All of the memory as it is now; do not keep it across a call into the runtime. */
  bytes(): Uint8Array;
  floats(pointer: number, length: number): Float32Array;
  longs(pointer: number, length: number): BigInt64Array;
  allocate(sizeBytes: number): number;
  free(pointer: number): void;
  text(text: string): number;
  /** A tensor over memory that the caller owns. */
  createTensor(type: ElementType, pointer: number, sizeBytes: number, dimensions: readonly number[]): number;
  viewTensor(tensor: number): TensorView;
  releaseTensor(tensor: number): void;
  createSession(graph: Uint8Array, externalPath: string, external: ExternalData): OrtSession;
  /** Runs `call` and throws the runtime's last error when it gives anything but 0. */
  check(call: () => number): void;
  /** Like `check` for calls that give a handle, 0 being the failure. */
  handle(call: () => number): number;
  lastError(): string;
}

export function createOrtRuntime(module: RuntimeModule, threads: number): OrtRuntime {
  const runtime: OrtRuntime = {
    module,
    bytes: () => currentBytes(module),
    floats: (pointer, length) => new Float32Array(currentBytes(module).buffer, pointer, length),
    longs: (pointer, length) => new BigInt64Array(currentBytes(module).buffer, pointer, length),
    allocate: (sizeBytes) => allocate(module, sizeBytes),
    free: (pointer) => module._free(pointer),
    text: (text) => {
      const sizeBytes = module.lengthBytesUTF8(text) + 1;
      const pointer = allocate(module, sizeBytes);
      module.stringToUTF8(text, pointer, sizeBytes);
      return pointer;
    },
    createTensor: (type, pointer, sizeBytes, dimensions) => {
      const make = (): number => createTensor(module, type, pointer, sizeBytes, dimensions);
      return runtime.handle(make);
    },
    viewTensor: (tensor) => viewTensor(runtime, tensor),
    releaseTensor: (tensor) => void module._OrtReleaseTensor(tensor),
    createSession: (graph, externalPath, external) => createOrtSession(runtime, graph, externalPath, external),
    check: (call) => {
      if (guarded(call) !== 0) throw fromRuntimeMessage(runtime.lastError());
    },
    handle: (call) => {
      const handle = guarded(call);
      if (handle === 0) throw fromRuntimeMessage(runtime.lastError());
      return handle;
    },
    lastError: () => lastError(module),
  };
  runtime.check(() => module._OrtInit(threads, LOG_ERRORS_ONLY));
  return runtime;
}

function guarded(call: () => number): number {
  try {
    return call();
  } catch (error) {
    throw fromRuntimeThrow(error);
  }
}

/** When another thread grew the memory, this thread's view is too short until the module looks again, which `getValue` does. */
function currentBytes(module: RuntimeModule): Uint8Array {
  module.getValue(0, 'i8');
  return module.HEAPU8;
}

function allocate(module: RuntimeModule, sizeBytes: number): number {
  const pointer = guarded(() => module._malloc(sizeBytes)) >>> 0;
  if (pointer === 0) throw outOfMemory(`${sizeBytes} bytes were refused`);
  return pointer;
}

function createTensor(
  module: RuntimeModule,
  type: ElementType,
  pointer: number,
  sizeBytes: number,
  dimensions: readonly number[],
): number {
  const stack = module.stackSave();
  try {
    const list = module.stackAlloc(POINTER_BYTES * dimensions.length);
    dimensions.forEach((size, i) => module.setValue(list + POINTER_BYTES * i, size, 'i32'));
    return module._OrtCreateTensor(ELEMENT_TYPES[type], pointer, sizeBytes, list, dimensions.length, ON_CPU);
  } finally {
    module.stackRestore(stack);
  }
}

function viewTensor(runtime: OrtRuntime, tensor: number): TensorView {
  const { module } = runtime;
  const stack = module.stackSave();
  try {
    const out = module.stackAlloc(4 * POINTER_BYTES);
    const at = (slot: number): number => out + slot * POINTER_BYTES;
    runtime.check(() => module._OrtGetTensorData(tensor, at(0), at(1), at(2), at(3)));
    const list = module.getValue(at(2), '*');
    const rank = module.getValue(at(3), 'i32');
    const dimensions = Array.from({ length: rank }, (_, i) => module.getValue(list + POINTER_BYTES * i, 'i32'));
    module._OrtFree(list);
    return { pointer: module.getValue(at(1), '*') >>> 0, dimensions };
  } finally {
    module.stackRestore(stack);
  }
}

function lastError(module: RuntimeModule): string {
  const stack = module.stackSave();
  const out = module.stackAlloc(2 * POINTER_BYTES);
  module._OrtGetLastError(out, out + POINTER_BYTES);
  const message = module.getValue(out + POINTER_BYTES, '*');
  const text = message === 0 ? 'no message' : module.UTF8ToString(message);
  module.stackRestore(stack);
  return text;
}
