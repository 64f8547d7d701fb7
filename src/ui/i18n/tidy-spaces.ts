const HAN = '[\\p{Script=Han}，。：；！？、（）“”]';
const BETWEEN_HAN = new RegExp(`(?<=${HAN}) +(?=${HAN})`, 'gu');
const BEFORE_MARK = / +(?=[，。：；！？、）”])/gu;
const AFTER_MARK = /(?<=[，。：；！？、（“]) +/gu;

/** Chinese with a name put in: a Latin one stands between spaces, a Chinese one and a mark do not. */
export function tidySpaces(text: string): string {
  return text.replace(BETWEEN_HAN, '').replace(BEFORE_MARK, '').replace(AFTER_MARK, '').trim();
}
