import type { DoctorStep, DoctorVerdict } from '../../../contracts/provider.ts';
import type { DoctorAction } from '../../doctor/doctor-action.ts';

/** What a sentence may name; everything is ready to be shown. */
export interface VerdictFacts {
  readonly provider: string;
  readonly host: string;
  /** The model that was tried, or words for "the model". */
  readonly model: string;
  readonly successor: string | null;
  readonly modelCount: number | null;
  /** `0.6 s`. */
  readonly firstToken: string | null;
  /** The host is this device or in its own network. */
  readonly local: boolean;
  /** It is the place of this network that is refused, not the key. */
  readonly country: boolean;
}

export interface DoctorWords {
  readonly title: string;
  readonly run: string;
  readonly again: string;
  readonly cancel: string;
  readonly stopped: string;
  readonly failed: string;
  readonly anyModel: string;
  readonly command: string;
  readonly outcomes: Readonly<Record<'running' | 'passed' | 'failed' | 'skipped', string>>;
  readonly steps: Readonly<Record<DoctorStep, string>>;
  readonly verdicts: Readonly<Record<DoctorVerdict, (facts: VerdictFacts) => string>>;
  readonly actions: Readonly<Record<DoctorAction, (facts: VerdictFacts) => string>>;
}

function works({ modelCount, firstToken }: VerdictFacts): string {
  const models = modelCount === null ? null : modelCount === 1 ? '1 model' : `${modelCount} models`;
  const found = [models, firstToken === null ? null : `first answer in ${firstToken}`].filter((part) => part !== null);
  return found.length === 0 ? 'Works.' : `Works: ${found.join(', ')}.`;
}

export const doctorEn: DoctorWords = {
  title: 'Connection check',
  run: 'Test',
  again: 'Test again',
  cancel: 'Cancel',
  stopped: 'The check was cancelled.',
  failed: 'The check could not be run.',
  anyModel: 'the model',
  command: 'Run this where the server runs, then test again:',
  outcomes: { running: 'checking', passed: 'fine', failed: 'failed', skipped: 'skipped' },
  steps: {
    address: 'Address',
    secret: 'Key',
    online: 'Network',
    reachable: 'Server answers',
    cors: 'Server accepts web pages',
    models: 'List of models',
    answer: 'A short answer',
  },
  verdicts: {
    works,
    offline: () => 'This device is offline.',
    'bad-address': ({ provider }) => `The address of ${provider} is missing or not valid.`,
    'mixed-content': ({ host }) =>
      `This page is served over https, so the browser does not let it call ${host} over http.`,
    'local-network-denied': ({ host }) =>
      `The browser does not let this page reach ${host} in your local network. Allow “Local network” in the site settings beside the address bar.`,
    'host-unreachable': ({ host, local }) =>
      local
        ? `Nothing answers at ${host}. Start the server there, or check its port.`
        : `${host} can’t be reached: it is mistyped, down, or blocked in this network.`,
    cors: ({ host }) => `${host} answers, but does not let web pages read what it says. A proxy of your own helps.`,
    'cors-or-key': ({ provider }) =>
      `${provider} refused the request and hides the reason from web pages. Most often the key is wrong.`,
    'server-cors-off': ({ host }) => `The server at ${host} runs, but does not accept requests from this page.`,
    redirected: ({ host }) =>
      `${host} sends requests on to another address. Keys are never sent after it: enter the final address.`,
    'missing-secret': ({ provider }) => `No key for ${provider} is stored on this device.`,
    'vault-locked': () => 'Your keys are locked.',
    'key-refused': ({ provider }) => `${provider} refused the key.`,
    'wrong-region': ({ provider, host, country }) =>
      country
        ? `${provider} does not serve the country or region of this network.`
        : `This key belongs to another region than ${host}.`,
    'no-permission': ({ model }) => `This key may not use ${model}.`,
    'no-credit': ({ provider }) => `The account at ${provider} has no credit left or has an open bill.`,
    'model-unknown': ({ provider, model }) => `${provider} does not know ${model}.`,
    'model-retired': ({ provider, model, successor }) =>
      successor === null
        ? `${provider} no longer serves ${model}.`
        : `${provider} no longer serves ${model}; it names ${successor} instead.`,
    'deployment-unknown': ({ host, model }) => `There is no deployment called ${model} at ${host}.`,
    'rate-limited': ({ provider }) => `The key works, but ${provider} asks to slow down. Wait a moment.`,
    'clock-wrong': () =>
      'The clock of this device is wrong, which makes secure connections fail. Set it and test again.',
    'provider-down': ({ provider }) => `${provider} is having trouble right now.`,
    'proxy-unreachable': () => 'The proxy does not answer.',
    'proxy-refused': ({ host }) => `The proxy does not pass requests on to ${host}.`,
    unexpected: ({ host }) => `${host} answered in a way that was not expected.`,
  },
  actions: {
    chat: ({ model }) => `Chat with ${model}`,
    retry: () => 'Retry the reply',
    again: () => 'Test again',
    'edit-address': () => 'Change the address',
    'add-key': () => 'Add the key',
    'replace-key': () => 'Replace the key',
    'choose-region': () => 'Choose the region',
    'choose-model': () => 'Choose a model',
    'use-successor': ({ successor }) => `Use ${successor ?? ''}`,
    unlock: () => 'Unlock',
    'use-proxy': () => 'Try through the proxy',
    'set-proxy': () => 'Set up the proxy',
    'allow-local-network': () => 'Ask again and test',
    'copy-command': () => 'Copy the command',
    'open-billing': ({ provider }) => `Open billing at ${provider}`,
  },
};
