import type { EngineLoadRequest, ModelFilesReader } from '../contracts/engine.ts';
import type { ModelFile, ModelFileRole } from '../contracts/weights.ts';
import { AppError } from '../errors/index.ts';
import type { CheckpointBytes } from './weights/checkpoint-bytes.ts';

/** The model's one file of this role. Throws `storage/corrupt` with `details.path` when it fails its digest. */
export async function readModelFile(
  files: ModelFilesReader,
  { manifest }: EngineLoadRequest,
  role: Exclude<ModelFileRole, 'weights'>,
): Promise<Uint8Array<ArrayBuffer>> {
  const file = manifest.files.find((each) => each.role === role);
  if (file === undefined) throw new AppError('app/internal', `The manifest of ${manifest.name} names no ${role} file.`);
  try {
    return await files.readFile(file.sha256);
  } catch (error) {
    throw withPath(error, file);
  }
}

/** Appends the weights to `checkpoint`, part after part, and gives the share read so far, by bytes. */
export async function* readWeightChunks(
  files: ModelFilesReader,
  { manifest }: EngineLoadRequest,
  checkpoint: CheckpointBytes,
): AsyncGenerator<number> {
  const totalBytes = manifest.weights.sizeBytes;
  let readBytes = 0;
  for (const file of manifest.files.filter((each) => each.role === 'weights')) {
    try {
      for await (const chunk of files.readChunks(file.sha256)) {
        readBytes += chunk.byteLength;
        checkpoint.append(chunk);
        yield Math.min(1, readBytes / totalBytes);
      }
    } catch (error) {
      throw withPath(error, file);
    }
  }
  checkpoint.finish();
}

function withPath(error: unknown, file: ModelFile): AppError {
  const failure = AppError.from(error);
  return new AppError(failure.code, failure.message, {
    details: { ...failure.details, path: file.path },
    cause: error,
  });
}
