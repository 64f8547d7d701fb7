import { readFileSync } from 'node:fs';
import type { ModelManifest } from '../../../src/contracts/weights.ts';

const FOLDER = new URL('../../../public/models/smollm2-135m-instruct/', import.meta.url);

/** Bytes of one file of the starter model as it is shipped. */
export function starterFile(path: string): Buffer {
  return readFileSync(new URL(path, FOLDER));
}

export function starterManifest(): ModelManifest {
  return JSON.parse(starterFile('manifest.json').toString()) as ModelManifest;
}

/** The checkpoint, joined from its parts. */
export function starterCheckpoint(): Uint8Array {
  const parts = starterManifest().files.filter(({ role }) => role === 'weights');
  return Buffer.concat(parts.map(({ path }) => starterFile(path)));
}
