export { createAlibabaAdapter } from './create-alibaba-adapter.ts';
export { DASHSCOPE_ERRORS } from './dashscope-errors.ts';
export { ALIBABA_REGIONS, type AlibabaRegion } from './regions.ts';
