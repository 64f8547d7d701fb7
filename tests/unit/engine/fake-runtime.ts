import type { RuntimeModule } from '../../../src/engine/runtime/runtime-module.ts';

export interface FakeRuntime {
  readonly module: RuntimeModule;
  /** Pointers that were allocated and not freed. */
  readonly allocated: Set<number>;
  /** Tensors that were created and not released. */
  readonly tensors: Set<number>;
  error: string;
}

/** A stand-in for the runtime's module with a small memory of its own. It has no graph: `overrides` says what calls do. */
export function fakeRuntime(overrides: Partial<RuntimeModule> = {}): FakeRuntime {
  const memory = new DataView(new ArrayBuffer(1 << 16));
  const heap = new Uint8Array(memory.buffer);
  const allocated = new Set<number>();
  const tensors = new Set<number>();
  let next = 1024;
  let stack = 16;
  let handle = 1000;
  const text = (pointer: number): string => {
    const end = heap.indexOf(0, pointer);
    return new TextDecoder().decode(heap.slice(pointer, end));
  };
  const write = (value: string, pointer: number): void => {
    heap.set(new TextEncoder().encode(`${value}\0`), pointer);
  };
  const allocate = (sizeBytes: number): number => {
    const pointer = next;
    next += Math.ceil((sizeBytes + 1) / 8) * 8;
    if (next > heap.length) return 0;
    allocated.add(pointer);
    return pointer;
  };
  const fake: FakeRuntime = { module: undefined as unknown as RuntimeModule, allocated, tensors, error: 'no error' };
  const module: RuntimeModule = {
    HEAPU8: heap,
    _malloc: allocate,
    _free: (pointer) => void allocated.delete(pointer),
    stackSave: () => stack,
    stackRestore: (value) => void (stack = value),
    stackAlloc: (sizeBytes) => (stack += Math.ceil(sizeBytes / 8) * 8) - Math.ceil(sizeBytes / 8) * 8,
    setValue: (pointer, value) => memory.setInt32(pointer, value, true),
    getValue: (pointer) => memory.getInt32(pointer, true),
    UTF8ToString: text,
    stringToUTF8: write,
    lengthBytesUTF8: (value) => new TextEncoder().encode(value).length,
    mountExternalData: () => undefined,
    unmountExternalData: () => undefined,
    _OrtInit: () => 0,
    _OrtGetLastError: (_code, message) => {
      write(fake.error, 512);
      memory.setInt32(message, 512, true);
      return 0;
    },
    _OrtCreateSessionOptions: () => (handle += 1),
    _OrtReleaseSessionOptions: () => 0,
    _OrtCreateSession: () => (handle += 1),
    _OrtReleaseSession: () => 0,
    _OrtGetInputOutputCount: () => 0,
    _OrtGetInputOutputMetadata: () => 0,
    _OrtFree: (pointer) => (allocated.delete(pointer) ? 0 : 1),
    _OrtCreateTensor: () => {
      tensors.add((handle += 1));
      return handle;
    },
    _OrtGetTensorData: () => 0,
    _OrtReleaseTensor: (tensor) => (tensors.delete(tensor) ? 0 : 1),
    _OrtRun: () => 0,
    ...overrides,
  };
  return Object.assign(fake, { module });
}
