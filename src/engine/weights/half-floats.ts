/** The value of every 16-bit float, by its bits. */
export const HALF_FLOATS: Float32Array = makeTable();

function makeTable(): Float32Array {
  const table = new Float32Array(0x10000);
  for (let bits = 0; bits < table.length; bits += 1) table[bits] = valueOf(bits);
  return table;
}

function valueOf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 0x1f) return mantissa === 0 ? sign * Infinity : NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
