import { invalidCheckpoint, truncatedCheckpoint } from '../convert-error.ts';

/** Reads little-endian values one after the other; throws `convert/invalid-checkpoint` where the bytes end too early. */
export class ByteCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  // A byte order mark inside a token is a token, not a mark; a broken string is an error, not a question mark.
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get position(): number {
    return this.#position;
  }

  get remaining(): number {
    return this.#bytes.byteLength - this.#position;
  }

  /** Steps over `sizeBytes` and gives where they began. */
  #take(sizeBytes: number): number {
    if (sizeBytes > this.remaining) {
      throw truncatedCheckpoint(`The file ends in the middle of its header, at byte ${this.#position}`, {
        position: this.#position,
        neededBytes: sizeBytes,
        remainingBytes: this.remaining,
      });
    }
    const at = this.#position;
    this.#position += sizeBytes;
    return at;
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }
  int8(): number {
    return this.#view.getInt8(this.#take(1));
  }
  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }
  int16(): number {
    return this.#view.getInt16(this.#take(2), true);
  }
  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }
  int32(): number {
    return this.#view.getInt32(this.#take(4), true);
  }
  float32(): number {
    return this.#view.getFloat32(this.#take(4), true);
  }
  float64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }
  uint64(): number | bigint {
    return narrow(this.#view.getBigUint64(this.#take(8), true));
  }
  int64(): number | bigint {
    return narrow(this.#view.getBigInt64(this.#take(8), true));
  }

  /** A 64-bit count or offset; throws where it is too large to be one. */
  count(what: string): number {
    const at = this.#position;
    const value = this.uint64();
    if (typeof value === 'bigint') {
      throw invalidCheckpoint(`The ${what} at byte ${at} is impossibly large`, { position: at, value: `${value}` });
    }
    return value;
  }

  /** UTF-8 text behind its 64-bit length. */
  string(): string {
    const sizeBytes = this.count('length of a string');
    const at = this.#take(sizeBytes);
    try {
      return this.#decoder.decode(this.#bytes.subarray(at, at + sizeBytes));
    } catch {
      throw invalidCheckpoint(`The string at byte ${at} is not UTF-8`, { position: at });
    }
  }
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
