import type { SealedSecret } from '../../contracts/stores.ts';

const ALGORITHM = 'AES-GCM';
export const IV_BYTES = 12;
export const KEY_BYTES = 32;
/** Every ciphertext ends with an authentication tag. */
export const TAG_BYTES = 16;

/** A key that seals and opens, and that nobody can read. */
export function createDeviceKey(crypto: Crypto): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: ALGORITHM, length: KEY_BYTES * 8 }, false, ['encrypt', 'decrypt']);
}

export function importKey(crypto: Crypto, bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytes, ALGORITHM, false, ['encrypt', 'decrypt']);
}

export function isSealingKey(value: unknown): value is CryptoKey {
  if (typeof CryptoKey !== 'function' || !(value instanceof CryptoKey)) return false;
  const { algorithm, usages } = value;
  return algorithm.name === ALGORITHM && usages.includes('encrypt') && usages.includes('decrypt');
}

/** Seals with an IV of its own, bound to the name: under another name it does not open. */
export async function seal(
  crypto: Crypto,
  key: CryptoKey,
  secret: { readonly name: string; readonly value: string; readonly storedAt: number },
): Promise<SealedSecret> {
  const { name, value, storedAt } = secret;
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const ciphertext = await crypto.subtle.encrypt(gcm(name, iv), key, new TextEncoder().encode(value));
  return { name, iv, ciphertext, storedAt };
}

/** The value, or null when this key does not open it: another key, another name, or damage. */
export async function open(crypto: Crypto, key: CryptoKey, sealed: SealedSecret): Promise<string | null> {
  try {
    const bytes = await crypto.subtle.decrypt(gcm(sealed.name, sealed.iv), key, sealed.ciphertext);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    // What was wrong is not said: AES-GCM gives one answer to every forgery.
    return null;
  }
}

function gcm(name: string, iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: ALGORITHM, iv, additionalData: new TextEncoder().encode(name), tagLength: TAG_BYTES * 8 };
}
