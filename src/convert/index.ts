export { convertGguf, type ConvertedDecoder } from './decoder/convert-gguf.ts';
export { openGguf, type ByteSource } from './gguf/open-gguf.ts';
export { readGgufHeader } from './gguf/read-gguf-header.ts';
export type { BlockLayout, GgufHeader, GgufTensor, GgufValue } from './gguf/gguf-types.ts';
export type { JsonObject } from './tokenizer/tokenizer-files.ts';
