import type { Random } from '../../contracts/ports.ts';

/** Uniform numbers in [0, 1): repeatable from `seed` (any finite number), else from the port. */
export function createDraws(seed: number | undefined, random: Random): () => number {
  return seed === undefined ? () => random.next() : seededDraws(seed);
}

/** The xoshiro128** generator, its state filled by splitmix32 from the 64 bits of the seed. */
function seededDraws(seed: number): () => number {
  const bits = new Uint32Array(new Float64Array([seed]).buffer);
  let mix = (bits[0] ?? 0) ^ Math.imul(bits[1] ?? 0, 0x9e3779b1);
  const fill = (): number => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix ^ (mix >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let a = fill();
  let b = fill();
  let c = fill();
  let d = fill();
  return () => {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotateLeft(d, 11);
    return (result >>> 0) / 0x1_0000_0000;
  };
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}
