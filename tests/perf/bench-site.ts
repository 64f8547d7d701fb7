import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pageScript } from './subjects/page-script.ts';

const HEADERS = `/*
  Cross-Origin-Opener-Policy: same-origin
  Cross-Origin-Embedder-Policy: require-corp
  Cross-Origin-Resource-Policy: same-origin
`;

/** Lays out what the peers' pages are served from: a blank page, the libraries as npm installed them, the models. */
export function layOutSite(folder: string, models: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'models'), { recursive: true });
  writeFileSync(join(folder, '_headers'), HEADERS);
  writeFileSync(
    join(folder, 'index.html'),
    '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><title>bench</title>\n',
  );
  writeFileSync(join(folder, 'transformers-worker.js'), pageScript('transformers-worker'));
  link('node_modules/@wllama/wllama/esm', join(folder, 'wllama'));
  link('node_modules/@huggingface/transformers/dist', join(folder, 'transformers'));
  link('node_modules/onnxruntime-web/dist', join(folder, 'onnxruntime'));
  link(models, join(folder, 'models', 'smollm2'));
}

function link(target: string, path: string): void {
  symlinkSync(resolve(target), path, 'dir');
}
