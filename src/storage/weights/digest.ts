import { AppError } from '../../errors/index.ts';

/** Lower-case hexadecimal SHA-256. Browsers give it to secure pages only; elsewhere throws `storage/unavailable`. */
export async function sha256Hex(bytes: BufferSource): Promise<string> {
  // Absent on plain http, whatever the type says.
  const subtle = globalThis.crypto.subtle as SubtleCrypto | undefined;
  if (!subtle) {
    throw new AppError('storage/unavailable', 'Models can be kept on https and localhost pages only.', {
      details: { reason: 'insecure-page' },
    });
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
