import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelManifest } from '../../../src/contracts/weights.ts';
import { findCheckpointTensors } from '../../../src/convert/decoder/checkpoint-tensors.ts';
import { readDecoderConfig } from '../../../src/convert/decoder/decoder-config.ts';
import { readGgufHeader } from '../../../src/convert/gguf/read-gguf-header.ts';
import { encodePeerDecoder, type Checkpoint } from './peer-decoder.ts';
import { byteStyle, float16Style, nibbleStyle, type WeightStyle } from './weight-styles.ts';

/** File name of each dtype of Transformers.js, and how its weights are stored. */
const FILES: Readonly<Record<string, () => WeightStyle>> = {
  'model_q4.onnx': nibbleStyle,
  'model_fp16.onnx': float16Style,
  'model_quantized.onnx': byteStyle,
};
const TOKENIZER_FILES = ['tokenizer.json', 'tokenizer_config.json', 'generation_config.json'];
/** To be raised when the files that are made change. */
const FORMAT = 1;

/**
 * Makes what the peers load from the starter model in `starter`, unless an earlier bench did: the GGUF in one piece, and a folder as
 * Transformers.js wants it, of the same weights. Both lie in `folder`.
 */
export function buildPeerModels(starter: string, folder: string, say: (text: string) => void): void {
  const manifest = JSON.parse(readFileSync(join(starter, 'manifest.json'), 'utf8')) as ModelManifest;
  const stamp = `${FORMAT} ${manifest.revision}\n`;
  const stampPath = join(folder, 'built.txt');
  if (existsSync(stampPath) && readFileSync(stampPath, 'utf8') === stamp) return;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'onnx'), { recursive: true });

  const file = joinParts(starter, manifest);
  writeFileSync(join(folder, 'model.gguf'), file);
  for (const name of TOKENIZER_FILES) writeFileSync(join(folder, name), readFileSync(join(starter, name)));
  writeFileSync(join(folder, 'config.json'), transformersConfig(readFileSync(join(starter, 'config.json'), 'utf8')));
  const header = readGgufHeader(file);
  const config = readDecoderConfig(header);
  const checkpoint: Checkpoint = { file, config, tensors: findCheckpointTensors(header, config) };
  for (const [name, style] of Object.entries(FILES)) {
    const bytes = encodePeerDecoder(checkpoint, style());
    writeFileSync(join(folder, 'onnx', name), bytes);
    say(`made ${name}, ${(bytes.byteLength / 1e6).toFixed(0)} MB`);
  }
  writeFileSync(stampPath, stamp);
}

function joinParts(starter: string, manifest: ModelManifest): Uint8Array {
  const parts = manifest.files.filter(({ role }) => role === 'weights');
  const file = new Uint8Array(Buffer.concat(parts.map(({ path }) => readFileSync(join(starter, path)))));
  if (file.byteLength !== manifest.weights.sizeBytes) throw new Error(`The parts of ${manifest.name} do not join`);
  return file;
}

function transformersConfig(config: string): string {
  return `${JSON.stringify({ ...(JSON.parse(config) as object), 'transformers.js_config': {} }, null, 2)}\n`;
}
