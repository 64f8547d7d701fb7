import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeRuntime, locateRuntime } from '../../../vite/onnx-runtime.ts';

const WASM = 'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm';

describe('virtual:onnx-runtime', () => {
  it('[BLD4] names the plain threaded build under its version, with the size and digest of its WASM', () => {
    const runtime = describeRuntime(locateRuntime(), '/');
    const bytes = readFileSync(WASM);
    const { version } = JSON.parse(readFileSync('node_modules/onnxruntime-web/package.json', 'utf8')) as {
      version: string;
    };
    expect(runtime).toEqual({
      moduleUrl: `/ort/${version}/ort-wasm-simd-threaded.mjs`,
      wasmUrl: `/ort/${version}/ort-wasm-simd-threaded.wasm`,
      wasmSizeBytes: bytes.byteLength,
      wasmSha256: createHash('sha256').update(bytes).digest('hex'),
      version,
    });
  });

  it('[BLD4] follows the base of the site', () => {
    expect(describeRuntime(locateRuntime(), '/sub/').wasmUrl).toMatch(/^\/sub\/ort\//);
  });

  it('[BLD4] the WASM fits the 25 MiB that static hosts take', () => {
    expect(describeRuntime(locateRuntime(), '/').wasmSizeBytes).toBeLessThan(25 * 1024 * 1024);
  });
});
