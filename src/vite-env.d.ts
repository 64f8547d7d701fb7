/** Identifies the code that runs: the same in every thread of one build. Set by the build. */
declare const __BUILD_ID__: string;

/** Where the build put the runtime, and what its digest is. */
declare module 'virtual:onnx-runtime' {
  const runtimeFiles: import('./contracts/engine.ts').RuntimeFiles;
  export default runtimeFiles;
}
