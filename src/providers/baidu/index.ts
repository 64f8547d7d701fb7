export { createBaiduAdapter } from './create-baidu-adapter.ts';
export { QIANFAN_ERRORS } from './qianfan-errors.ts';
export { WENXIN_ERRORS } from './wenxin-errors.ts';
