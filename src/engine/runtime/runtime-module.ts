/** The exports of onnxruntime-web's plain threaded module that the engine calls. They are internal to that package: its version is pinned. */
export interface RuntimeModule {
  /** A view of the runtime's memory; replaced when the memory grows. */
  readonly HEAPU8: Uint8Array;
  _malloc(sizeBytes: number): number;
  _free(pointer: number): void;
  stackSave(): number;
  stackRestore(stack: number): void;
  stackAlloc(sizeBytes: number): number;
  setValue(pointer: number, value: number, type: 'i32' | '*'): void;
  getValue(pointer: number, type: 'i8' | 'i32' | '*'): number;
  UTF8ToString(pointer: number): string;
  stringToUTF8(text: string, pointer: number, sizeBytes: number): void;
  lengthBytesUTF8(text: string): number;
  mountExternalData(path: string, data: ExternalData): void;
  unmountExternalData(): void;
  _OrtInit(threads: number, logLevel: number): number;
  _OrtGetLastError(codePointer: number, messagePointer: number): number;
  _OrtCreateSessionOptions(
    optimization: number,
    arena: number,
    memoryPattern: number,
    executionMode: number,
    profiling: number,
    profilePrefix: number,
    logId: number,
    logLevel: number,
    logVerbosity: number,
    optimizedModelPath: number,
  ): number;
  _OrtReleaseSessionOptions(options: number): number;
  _OrtCreateSession(graph: number, sizeBytes: number, options: number): number;
  _OrtReleaseSession(session: number): number;
  _OrtGetInputOutputCount(session: number, inputsPointer: number, outputsPointer: number): number;
  _OrtGetInputOutputMetadata(session: number, index: number, namePointer: number, metadataPointer: number): number;
  _OrtFree(pointer: number): number;
  _OrtCreateTensor(
    type: number,
    data: number,
    sizeBytes: number,
    dimensions: number,
    rank: number,
    location: number,
  ): number;
  _OrtGetTensorData(
    tensor: number,
    typePointer: number,
    dataPointer: number,
    dimensionsPointer: number,
    rankPointer: number,
  ): number;
  _OrtReleaseTensor(tensor: number): number;
  _OrtRun(
    session: number,
    inputNames: number,
    inputs: number,
    inputCount: number,
    outputNames: number,
    outputCount: number,
    outputs: number,
    options: number,
  ): number;
}

/** The part of `Uint8Array` that the runtime uses of an external data file. */
export interface ExternalData {
  readonly byteLength: number;
  /** The bytes from `begin` to `end`; read by the runtime before it asks again. */
  subarray(begin: number, end: number): Uint8Array;
}

/** What the runtime's module takes when it starts. */
export interface RuntimeModuleOptions {
  readonly numThreads: number;
  readonly instantiateWasm: (
    imports: WebAssembly.Imports,
    receive: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ) => unknown;
}

export type RuntimeModuleFactory = (options: RuntimeModuleOptions) => Promise<RuntimeModule>;

export const REQUIRED_EXPORTS = [
  '_malloc',
  '_free',
  'stackSave',
  'stackRestore',
  'stackAlloc',
  'setValue',
  'getValue',
  'UTF8ToString',
  'stringToUTF8',
  'lengthBytesUTF8',
  'mountExternalData',
  'unmountExternalData',
  '_OrtInit',
  '_OrtGetLastError',
  '_OrtCreateSessionOptions',
  '_OrtReleaseSessionOptions',
  '_OrtCreateSession',
  '_OrtReleaseSession',
  '_OrtGetInputOutputCount',
  '_OrtGetInputOutputMetadata',
  '_OrtFree',
  '_OrtCreateTensor',
  '_OrtGetTensorData',
  '_OrtReleaseTensor',
  '_OrtRun',
] as const satisfies readonly (keyof RuntimeModule)[];
