import type { ByteSource } from '../../src/convert/index.ts';

/** Bytes in memory as a file. */
export function byteSource(bytes: Uint8Array): ByteSource {
  return {
    sizeBytes: bytes.byteLength,
    read(offset, sizeBytes) {
      if (offset + sizeBytes > bytes.byteLength) return Promise.reject(new RangeError('read past the end'));
      return Promise.resolve(bytes.subarray(offset, offset + sizeBytes));
    },
  };
}
