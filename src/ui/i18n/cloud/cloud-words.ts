import type { ErrorReason } from '../../../contracts/error-reasons.ts';
import type { Locale } from '../../../contracts/settings.ts';
import type { ErrorText } from '../en.ts';
import { doctorEn, type DoctorWords } from './doctor-en.ts';
import { doctorZhCN } from './doctor-zh-CN.ts';
import { reasonsEn } from './reasons-en.ts';
import { reasonsZhCN } from './reasons-zh-CN.ts';
import { settingsEn, type SettingsWords } from './settings-en.ts';
import { settingsZhCN } from './settings-zh-CN.ts';

/** The words of everything about clouds; they come with the parts that need them, not with the first load. */
export interface CloudWords extends SettingsWords {
  readonly doctor: DoctorWords;
  readonly reasons: Readonly<Record<ErrorReason, ErrorText>>;
}

export const CLOUD_WORDS: Readonly<Record<Locale, CloudWords>> = {
  en: { ...settingsEn, doctor: doctorEn, reasons: reasonsEn },
  'zh-CN': { ...settingsZhCN, doctor: doctorZhCN, reasons: reasonsZhCN },
};
