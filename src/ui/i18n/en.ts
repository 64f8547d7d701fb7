import type { ErrorCode } from '../../errors/index.ts';

/** What a person is told about an error: what happened, then what helps. */
export interface ErrorText {
  readonly title: string;
  readonly hint: string;
}

const plural = new Intl.PluralRules('en');

function count(n: number, one: string, other: string, shown: string): string {
  return `${shown} ${plural.select(n) === 'one' ? one : other}`;
}

const errors: Record<ErrorCode, ErrorText> = {
  'provider/auth': { title: 'The key was refused.', hint: 'Check the key of this provider and try again.' },
  'provider/permission': {
    title: 'This key may not use this model.',
    hint: 'Choose another model, or a key that has access.',
  },
  'provider/quota-exhausted': {
    title: 'The account of this key has no credit left.',
    hint: 'Top it up at the provider, or choose another model.',
  },
  'provider/rate-limited': {
    title: 'The provider asks us to slow down.',
    hint: 'Wait a moment, then try again.',
  },
  'provider/model-not-found': { title: 'The provider does not know this model.', hint: 'Choose another model.' },
  'provider/context-too-long': {
    title: 'This chat is longer than the model can read.',
    hint: 'Start a new chat, or shorten your message.',
  },
  'provider/content-filter': {
    title: 'The provider’s content filter stopped this.',
    hint: 'Say it in another way, or choose another model.',
  },
  'provider/bad-request': {
    title: 'The provider did not accept the request.',
    hint: 'The details below say what it objected to.',
  },
  'provider/unavailable': { title: 'The provider is having trouble.', hint: 'Try again in a moment.' },
  'network/unreachable': {
    title: 'The network can’t be reached.',
    hint: 'What is already on this device still works. Check the connection and try again.',
  },
  'timeout/first-token': { title: 'No answer came in time.', hint: 'Try again, or choose another model.' },
  'timeout/idle': {
    title: 'The reply stopped arriving.',
    hint: 'What came so far is kept. Continue it, or try again.',
  },
  'timeout/total': {
    title: 'The reply took longer than allowed.',
    hint: 'What came so far is kept. Continue it, or try again.',
  },
  'stream/truncated': {
    title: 'The reply broke off before its end.',
    hint: 'What came so far is kept. Continue it, or try again.',
  },
  'stream/malformed': { title: 'The answer could not be read.', hint: 'Try again. The details below say more.' },
  'request/aborted': { title: 'Stopped.', hint: 'What came so far is kept.' },
  'config/invalid': { title: 'The configuration has an error.', hint: 'The details below name the line.' },
  'model/not-found': { title: 'This model is not known here.', hint: 'Choose another model and try again.' },
  'model/not-loaded': { title: 'The model is not loaded.', hint: 'Try again to load it.' },
  'engine/lost': {
    title: 'The model’s worker stopped unexpectedly.',
    hint: 'A fresh one is ready to start. Try again; your messages are safe.',
  },
  'engine/out-of-memory': {
    title: 'The device ran out of memory for the model.',
    hint: 'Close other tabs or apps, then try again.',
  },
  'storage/quota': {
    title: 'The browser gives this site no more space.',
    hint: 'Free some disk space or remove chats, then try again.',
  },
  'storage/corrupt': {
    title: 'A model file is damaged.',
    hint: 'It was fetched again and is still wrong: the copy on the server is damaged.',
  },
  'storage/unavailable': {
    title: 'Chats can’t be saved in this browser.',
    hint: 'Private windows and blocked site data cause this. Allow site data and reload.',
  },
  'hub/lost': { title: 'The background worker stopped.', hint: 'Reload the page. Your chats are saved.' },
  'convert/invalid-checkpoint': { title: 'This file is not a complete checkpoint.', hint: 'Choose another file.' },
  'convert/unsupported': {
    title: 'This kind of model can’t be converted yet.',
    hint: 'The details below name what is missing.',
  },
  'budget/exceeded': { title: 'Your budget is used up.', hint: 'Raise it in the settings, or use a local model.' },
  'vault/locked': { title: 'Your keys are locked.', hint: 'Unlock them with your passphrase and try again.' },
  'app/internal': {
    title: 'Something in Switchyard went wrong.',
    hint: 'Try again. If it stays, the details below help to find out why.',
  },
};

export const en = {
  appName: 'Switchyard',
  title: (chat: string) => `${chat} · Switchyard`,
  skipToMessage: 'Skip to the message box',
  you: 'You',
  assistant: 'Assistant',
  newChat: 'New chat',
  untitled: 'New chat',
  close: 'Close',
  cancel: 'Cancel',
  save: 'Save',
  dismiss: 'Dismiss',
  reload: 'Reload',
  notifications: 'Notifications',

  sidebar: {
    label: 'Chats and pages',
    open: 'Open sidebar',
    close: 'Close sidebar',
    chats: 'Chats',
    today: 'Today',
    yesterday: 'Yesterday',
    lastWeek: 'Previous 7 days',
    older: 'Older',
    empty: 'Your chats will be listed here. They stay on this device.',
    failed: 'The chats could not be read.',
    renameChat: (title: string) => `Rename “${title}”`,
    deleteChat: (title: string) => `Delete “${title}”`,
    rename: 'Rename',
    renameLabel: 'Chat title',
    delete: 'Delete',
    deleted: (title: string) => `“${title}” was deleted.`,
    undo: 'Undo',
    undoKey: 'Undo the deletion',
    dashboard: 'Dashboard',
    settings: 'Settings',
    offline: 'Offline. Local models work.',
    locked: 'Keys are locked',
  },

  empty: {
    greeting: 'What would you like to ask?',
    honest:
      'Answers come from a small model (135 million parameters) that runs on this device. It knows mostly English, and it can be wrong.',
    honestCloud: (model: string, provider: string) =>
      `Answers come from ${model} in the cloud (${provider}): what you write is sent there. It can be wrong.`,
    examples: [
      { label: 'Explain something simply', text: 'Explain what photosynthesis is in three short sentences.' },
      { label: 'Write a short email', text: 'Write a short, friendly email that moves our meeting to Thursday.' },
      { label: 'List ideas', text: 'List five quick dinner ideas with pasta.' },
      { label: 'Answer a question', text: 'What is the capital of France?' },
    ],
  },

  composer: {
    message: 'Message',
    placeholder: 'Message',
    send: 'Send',
    stop: 'Stop',
    busy: 'The reply is still being written. Esc stops it.',
    privacy: 'Nothing leaves this device while the model is local.',
    cloud: (provider: string) => `This chat is sent to ${provider}.`,
    keys: 'Enter sends, Shift+Enter makes a new line',
  },

  model: {
    label: 'Model',
    list: 'Models',
    none: 'No model',
    onDevice: 'on this device',
    cloud: (provider: string) => `in the cloud (${provider})`,
    loadingPercent: (percent: string) => `loading ${percent}`,
    downloadingPercent: (percent: string) => `downloading ${percent}`,
    states: {
      'not-downloaded': 'not downloaded yet',
      downloading: 'downloading',
      downloaded: 'on this device, not in memory',
      loading: 'loading',
      ready: 'ready',
      failed: 'could not be loaded',
      'needs-key': 'needs a key',
    },
    parameters: (amount: string) => `${amount} parameters`,
    context: (tokens: string) => `reads up to ${tokens} tokens`,
    price: (input: string, output: string) => `${input} in, ${output} out per million tokens`,
    deviceGroup: 'On this device',
    search: 'Search models',
    noMatch: (query: string) => `No model matches “${query}”.`,
    retired: 'retired',
    retiring: (date: string) => `ends ${date}`,
    retiringSoon: 'ends soon',
    addKey: 'Add its key in the settings',
    addCloud: 'Add a cloud model',
  },

  actions: {
    copy: 'Copy',
    copied: 'Copied',
    copyFailed: 'Copying was not allowed by the browser.',
    copyCode: 'Copy code',
    regenerate: 'Regenerate',
    edit: 'Edit',
    continue: 'Continue',
    retry: 'Retry',
    saveAndSend: 'Save & send',
    editLabel: 'Edit message',
    editKeys: 'Ctrl+Enter or ⌘Enter sends, Esc cancels',
    chooseModel: 'Choose a model',
    openStorage: 'Storage settings',
    sent: 'What left this device',
    row: 'Message actions',
  },

  branch: {
    label: 'Versions',
    previous: 'Previous version',
    next: 'Next version',
    position: (index: number, total: number) => `${index}/${total}`,
    positionLabel: (index: number, total: number) => `Version ${index} of ${total}`,
  },

  wait: {
    sending: 'Sending…',
    starting: 'Starting…',
    queued: (place: number, shown: string) =>
      place <= 1 ? 'Next in line. Another reply is being written.' : `Waiting in line, place ${shown}.`,
    downloading: 'Downloading the model',
    bytes: (received: string, total: string) => `${received} of ${total}`,
    speed: (bytes: string) => `${bytes}/s`,
    timeLeft: (time: string) => `${time} left`,
    seconds: (n: number, shown: string) => count(n, 'second', 'seconds', shown),
    minutes: (n: number, shown: string) => count(n, 'minute', 'minutes', shown),
    loading: (percent: string) => `Loading the model ${percent}`,
    reading: (done: string, total: string) => `Reading your message ${done} of ${total} tokens`,
    readingShort: 'Reading your message',
    loadingShort: 'Loading the model',
    writing: 'Writing',
    retrying: (why: string, time: string) => `${why} Trying again in ${time}.`,
    progress: 'Progress',
  },

  thinking: {
    now: 'Thinking…',
    done: 'Thought before answering',
    doneFor: (time: string) => `Thought for ${time}`,
  },

  status: {
    generating: 'Generating…',
    finished: 'Reply finished',
    stopped: 'Reply stopped',
    failed: 'The reply failed',
  },

  notes: {
    dropped: (n: number, shown: string) =>
      `${count(n, 'older message', 'older messages', shown)} did not fit the model’s memory and ${plural.select(n) === 'one' ? 'was' : 'were'} left out of this reply.`,
    stopped: 'You stopped this reply.',
    cut: 'This reply was cut off when its page or worker closed. The text so far is kept.',
    length: 'The reply reached its length limit.',
    filtered: 'A content filter ended this reply.',
    noText: 'The reply has no text.',
    earlier: (n: number, shown: string) => `Show ${count(n, 'earlier message', 'earlier messages', shown)}`,
    image: (host: string) => `Image from ${host}`,
    imageOpen: (host: string) => `Open the image at ${host}`,
    jump: 'Jump to the latest',
    missing: 'This chat is not on this device.',
    missingHint: 'It may have been deleted, or made in another browser.',
    loadFailed: 'This chat could not be read.',
    loading: 'Opening the chat…',
    rawDetail: 'Technical details',
    partMissing: 'This part of the app could not be loaded. Reload the page.',
    conversation: 'Conversation',
  },

  track: {
    details: 'Details of this reply',
    tokens: (n: number, shown: string) => count(n, 'token', 'tokens', shown),
    toFirst: (time: string) => `${time} to first`,
    speed: (n: string) => `${n} tok/s`,
    failed: 'failed',
    skipped: 'skipped',
    model: 'Model',
    provider: 'Where',
    input: 'Read',
    output: 'Written',
    cached: 'of it kept from before',
    firstToken: 'First word after',
    queued: 'Waited',
    total: 'In all',
    speedLabel: 'Speed',
    cost: 'Cost',
    free: 'free, on this device',
    unknownCost: 'unknown',
    ended: 'Ended',
    route: 'Route',
    attempt: (model: string, time: string) => `${model}, ${time}`,
    about: (figure: string) => `about ${figure}`,
    reasoning: 'of it thinking',
    left: 'Left this device',
    leftNothing: 'nothing',
    notes: {
      clamped: (parameter: string, from: string, to: string) =>
        `${parameter}: ${to} was sent instead of ${from}, which is outside the provider’s range`,
      dropped: (parameter: string) => `${parameter} was not sent: this model does not take it`,
      joined: (n: number, shown: string) =>
        `${count(n, 'message was', 'messages were', shown)} joined with the one before, as the provider wants turns to alternate`,
      malformed: (n: number, shown: string) =>
        `${count(n, 'part', 'parts', shown)} of the answer could not be read and ${plural.select(n) === 'one' ? 'was' : 'were'} skipped`,
      overBudget: (limit: string) => `this may go over your budget of ${limit}`,
    },
    sources: { measured: 'measured', provider: 'reported by the provider', estimated: 'estimated' },
    finish: {
      stop: 'complete',
      length: 'length limit',
      'content-filter': 'content filter',
      'tool-calls': 'tool call',
    },
  },

  code: { plain: 'Text' },

  settings: {
    title: 'Settings',
    about: 'About',
    general: 'General',
    providers: 'Providers',
    keys: 'Keys',
    pools: 'Pools',
    config: 'Configuration',
    usage: 'Usage',
    back: 'Back to chat',
    intro: 'How Switchyard looks and what it keeps on this device.',
    sections: 'Settings sections',
    theme: 'Theme',
    themes: { system: 'System', light: 'Light', dark: 'Dark' },
    language: 'Language',
    languageSystem: 'Same as the browser',
    saveFailed: 'The setting could not be saved.',
    version: 'Version',
    licence: 'Switchyard is free software under the MIT licence.',
    licences: 'Open-source components',
    privacy: 'Chats, settings and models are stored in this browser only. There is no server of ours.',
    storage: 'Storage on this device',
    storageUsed: (used: string, quota: string) => `${used} used of the ${quota} this browser allows`,
    storageUnknown: 'This browser does not say how much is used.',
    persisted: 'Protected: the browser will not clear it on its own.',
    notPersisted: 'The browser may clear it when the disk is full.',
    persist: 'Protect my chats',
    persistRefused: 'The browser refused for now. Installing the app or using it more often usually helps.',
    install: 'Install as an app',
    worksOffline: 'This app starts without a network.',
    usageIntro: 'Measured on this device since the last reset.',
    usageEmpty: 'No replies yet.',
    usageFailed: 'The figures could not be read.',
    requests: 'Requests',
    succeeded: 'Succeeded',
    failedCount: 'Failed',
    stoppedCount: 'Stopped',
    tokens: 'Tokens',
    meanTotal: 'Mean reply',
    meanFirst: 'Mean first token',
    meanSpeed: 'Mean speed',
    reset: 'Reset figures',
    keyboard: 'Keyboard',
    shortcuts: {
      newChat: 'New chat',
      send: 'Send',
      newline: 'New line',
      stop: 'Stop the reply',
      focus: 'Go to the message box',
    },
  },

  notHere: {
    title: 'Not here yet',
    text: 'This page is not part of this version.',
    back: 'Back to chat',
  },

  update: {
    ready: 'A new version is ready.',
    reload: 'Reload',
    later: 'Later',
    waiting: 'A reply is being written. The new version starts when it has ended.',
  },

  connection: {
    waiting: 'Another tab runs an older version and is finishing a reply. This tab continues after it.',
    retiring: 'A newer version runs in another tab. Reload this one to go on.',
    failed: 'The background worker could not be started.',
  },

  errors,
  unknownError: { title: 'Something went wrong.', hint: 'The details below may say why.' } as ErrorText,
};

export type Messages = typeof en;
