/** The interface on the double, for looking at it and for its tests without a model. Not part of the built app. */
import '../../../src/ui/theme.css';
import type { Conversation, MessageRecord } from '../../../src/contracts/conversation.ts';
import { mountApp } from '../../../src/ui/mount-app.ts';
import { AppError } from '../../../src/errors/index.ts';
import { createClientDouble, STARTER_INFO, type ClientDouble, type ReplyScript } from '../client-double.ts';
import { CLOUD_MODELS, diagnosisOf, manyModels, seedCloud } from './cloud-seed.ts';
import { SCRIPTS } from './scripts.ts';

const query = new URLSearchParams(location.search);
const speed = Number(query.get('speed') ?? '1');
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms / speed));

function scriptFor(text: string): ReplyScript {
  const name = Object.keys(SCRIPTS).find((key) => text.toLowerCase().includes(key));
  return (name === undefined ? undefined : SCRIPTS[name]) ?? SCRIPTS['hello'] ?? { texts: [] };
}

const failing: { error: AppError | null } = { error: null };
const double = createClientDouble({
  script: scriptFor,
  pause: (kind) => sleep(kind === 'wait' ? 400 : 22),
  models: [
    STARTER_INFO,
    {
      ...STARTER_INFO,
      id: 'local_smollm2-360m_text_generation',
      displayName: 'SmolLM2 360M',
      isDefault: false,
      state: 'not-downloaded',
      sizeBytes: 271_000_000,
      parameterCount: 361_821_120,
    },
    ...(query.has('cloud') ? CLOUD_MODELS : []),
    ...manyModels(Number(query.get('models') ?? '0')),
  ],
  failing,
});
seed(double);
if (query.has('cloud')) seedCloud(double);
double.emit({ type: 'conversations-changed' });
Object.assign(globalThis, { double, failing, AppError, diagnosisOf });

const target = document.querySelector<HTMLElement>('#app');
if (target) {
  mountApp(target, { client: double.client, storage: double.storage, pwa: null, info: { version: '0.1.0' } });
}

function seed({ conversations, messages }: ClientDouble): void {
  const day = 24 * 60 * 60 * 1000;
  const titles: [string, number][] = [
    ['Trip to Lisbon, three days', 0.01],
    ['把这段合同翻译成英文', 0.02],
    ['Fix the off-by-one in pager.ts', 0.03],
    ['Summaries of the board minutes from last week, with action items', 1],
    ['What is the capital of France?', 1.1],
    ['给团队写一封邮件，说明新的发布流程', 3],
    ['Regex for ISO dates', 20],
  ];
  titles.forEach(([title, daysAgo], index) => {
    const id = `seed-${index}`;
    const at = Date.now() - daysAgo * day;
    const chat: Conversation = {
      id,
      title,
      titleSource: 'auto',
      createdAt: at,
      updatedAt: at,
      activeLeafId: `${id}-b`,
    };
    conversations.set(id, chat);
    const common = { conversationId: id, createdAt: at, status: 'complete' as const };
    const question: MessageRecord = { ...common, id: `${id}-a`, parentId: null, role: 'user', text: title };
    const script = scriptFor(index === 0 ? 'long' : index === 1 ? 'chinese' : 'hello');
    const reply: MessageRecord = {
      ...common,
      id: `${id}-b`,
      parentId: `${id}-a`,
      role: 'assistant',
      text: script.texts.join(''),
      model: STARTER_INFO.id,
      result: {
        model: STARTER_INFO.id,
        provider: 'local',
        finishReason: 'stop',
        usage: { inputTokens: 48, outputTokens: 212, cachedTokens: 31, source: 'measured' },
        cost: { amount: 0, currency: 'USD', source: 'measured' },
        timing: { queuedMs: 12, firstTokenMs: 382, totalMs: 5140, tokensPerSecond: 44.3 },
        route: [{ model: STARTER_INFO.id, outcome: 'ok', waitedMs: 12, tookMs: 5128 }],
      },
    };
    messages.set(question.id, question);
    messages.set(reply.id, reply);
  });
}
