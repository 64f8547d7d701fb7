import type { ModelFile, ModelFileRole, ModelManifest } from '../../contracts/weights.ts';
import { AppError } from '../../errors/index.ts';

const SINGLE_ROLES: readonly ModelFileRole[] = [
  'graph',
  'tensor-map',
  'tokenizer',
  'tokenizer-config',
  'config',
  'generation-config',
];
const NAME = /^[A-Za-z0-9][\w.-]*$/;
const SHA256 = /^[0-9a-f]{64}$/;
/** Plain names only: no `..`, no scheme, no query, nothing percent-encoded that a URL would turn into one of them. */
const PATH = /^[\w+@-][\w.+@-]*(\/[\w+@-][\w.+@-]*)*$/;

/** `manifest.json` as parsed JSON, checked. Unknown fields are left out. Throws `storage/corrupt` with `details.problem`. */
export function parseManifest(value: unknown, url: string): ModelManifest {
  const problems: string[] = [];
  const read = reader(value, '', problems);
  if (read.raw('format') !== 1) problems.push('format is not 1');
  const weights = reader(read.raw('weights'), 'weights.', problems);
  if (weights.raw('format') !== 'gguf') problems.push('weights.format is not "gguf"');
  const manifest: ModelManifest = {
    format: 1,
    name: read.text('name', NAME),
    displayName: read.text('displayName'),
    revision: read.text('revision', SHA256),
    license: read.text('license'),
    maxContextTokens: read.count('maxContextTokens'),
    parameterCount: read.count('parameterCount'),
    weights: { format: 'gguf', sizeBytes: weights.count('sizeBytes'), sha256: weights.text('sha256', SHA256) },
    files: filesOf(read.raw('files'), problems),
  };
  if (problems.length === 0) checkTogether(manifest, problems);
  if (problems.length === 0) return manifest;
  throw new AppError('storage/corrupt', `${url} is not a model manifest: ${problems.join('; ')}.`, {
    details: { url, problem: problems.join('; ') },
  });
}

function filesOf(value: unknown, problems: string[]): ModelFile[] {
  if (!Array.isArray(value)) {
    problems.push('files is not a list');
    return [];
  }
  return value.map((item: unknown, index) => {
    const read = reader(item, `files[${index}].`, problems);
    return {
      path: read.text('path', PATH),
      role: roleOf(read.raw('role'), `files[${index}].role`, problems),
      sizeBytes: read.count('sizeBytes'),
      sha256: read.text('sha256', SHA256),
    };
  });
}

function roleOf(value: unknown, at: string, problems: string[]): ModelFileRole {
  const role = ['weights' as const, ...SINGLE_ROLES].find((known) => known === value);
  if (!role) problems.push(`${at} is unknown`);
  return role ?? 'weights';
}

function checkTogether({ files, weights }: ModelManifest, problems: string[]): void {
  if (new Set(files.map((file) => file.path)).size < files.length) problems.push('files has a path twice');
  for (const role of SINGLE_ROLES) {
    if (files.filter((file) => file.role === role).length !== 1) problems.push(`files has not exactly one ${role}`);
  }
  const parts = files.filter((file) => file.role === 'weights');
  const sizeBytes = parts.reduce((sum, part) => sum + part.sizeBytes, 0);
  if (sizeBytes !== weights.sizeBytes) problems.push('the weights parts do not add up to weights.sizeBytes');
}

interface FieldReader {
  raw(key: string): unknown;
  text(key: string, pattern?: RegExp): string;
  /** A whole number above 0. */
  count(key: string): number;
}

/** Reads own properties only, so that nothing comes from a prototype. */
function reader(value: unknown, at: string, problems: string[]): FieldReader {
  const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isRecord) problems.push(`${at === '' ? 'it' : at.slice(0, -1)} is not an object`);
  const fields = new Map<string, unknown>(isRecord ? Object.entries(value) : []);
  const raw = (key: string) => fields.get(key);
  return {
    raw,
    text(key, pattern = /\S/) {
      const text = raw(key);
      if (typeof text === 'string' && text.length <= 300 && pattern.test(text)) return text;
      problems.push(`${at}${key} is missing or wrong`);
      return '';
    },
    count(key) {
      const number = raw(key);
      if (typeof number === 'number' && Number.isSafeInteger(number) && number > 0) return number;
      problems.push(`${at}${key} is not a whole number above 0`);
      return 0;
    },
  };
}
