import { tidySpaces } from '../tidy-spaces.ts';
import type { DoctorWords, VerdictFacts } from './doctor-en.ts';

function works({ modelCount, firstToken }: VerdictFacts): string {
  const models = modelCount === null ? null : `${modelCount} 个模型`;
  const found = [models, firstToken === null ? null : `首次回答用时 ${firstToken}`].filter((part) => part !== null);
  return found.length === 0 ? '连接正常。' : `连接正常：${found.join('，')}。`;
}

export const doctorZhCN: DoctorWords = {
  title: '连接检查',
  run: '测试',
  again: '重新测试',
  cancel: '取消',
  stopped: '检查已取消。',
  failed: '检查未能进行。',
  anyModel: '该模型',
  command: '请在服务器所在的设备上运行以下命令，然后重新测试：',
  outcomes: { running: '检查中', passed: '正常', failed: '失败', skipped: '跳过' },
  steps: {
    address: '地址',
    secret: '密钥',
    online: '网络',
    reachable: '服务器有应答',
    cors: '服务器允许网页访问',
    models: '模型列表',
    answer: '试答一句',
  },
  verdicts: tidied({
    works,
    offline: () => '这台设备没有联网。',
    'bad-address': ({ provider }) => `${provider} 的地址未填写或无效。`,
    'mixed-content': ({ host }) => `本页面使用 https，浏览器不允许它通过 http 访问 ${host}。`,
    'local-network-denied': ({ host }) =>
      `浏览器不允许本页面访问本地网络中的 ${host}。请在地址栏旁的网站设置中允许“本地网络”。`,
    'host-unreachable': ({ host, local }) =>
      local
        ? `${host} 没有应答。请启动那里的服务，或检查端口。`
        : `无法连接 ${host}：地址可能有误，服务器可能停机，或被当前网络屏蔽。`,
    cors: ({ host }) => `${host} 有应答，但不允许网页读取内容。可以使用自己的代理。`,
    'cors-or-key': ({ provider }) => `${provider} 拒绝了请求，且不让网页得知原因。最常见的原因是密钥有误。`,
    'server-cors-off': ({ host }) => `${host} 上的服务正在运行，但不接受来自本页面的请求。`,
    redirected: ({ host }) => `${host} 把请求转到了另一个地址。密钥不会随之发送，请填写最终地址。`,
    'missing-secret': ({ provider }) => `这台设备上没有保存 ${provider} 的密钥。`,
    'vault-locked': () => '密钥已锁定。',
    'key-refused': ({ provider }) => `${provider} 拒绝了这个密钥。`,
    'wrong-region': ({ provider, host, country }) =>
      country ? `${provider} 不向当前网络所在的国家或地区提供服务。` : `这个密钥所属的地域与 ${host} 不符。`,
    'no-permission': ({ model }) => `这个密钥无权使用 ${model} 。`,
    'no-credit': ({ provider }) => `${provider} 账户余额不足或已欠费。`,
    'model-unknown': ({ provider, model }) => `${provider} 没有 ${model} 。`,
    'model-retired': ({ provider, model, successor }) =>
      successor === null
        ? `${provider} 已不再提供 ${model} 。`
        : `${provider} 已不再提供 ${model} ，建议改用 ${successor}。`,
    'deployment-unknown': ({ host, model }) => `${host} 上没有名为 ${model} 的部署。`,
    'rate-limited': ({ provider }) => `密钥可用，但 ${provider} 要求放慢请求，请稍等片刻。`,
    'clock-wrong': () => '这台设备的时间不正确，会导致安全连接失败。请校准后重新测试。',
    'provider-down': ({ provider }) => `${provider} 暂时出现故障。`,
    'proxy-unreachable': () => '代理没有应答。',
    'proxy-refused': ({ host }) => `代理不转发发往 ${host} 的请求。`,
    unexpected: ({ host }) => `${host} 的应答不符合预期。`,
  }),
  actions: tidied({
    chat: ({ model }) => `用 ${model} 对话`,
    retry: () => '重试这条回复',
    again: () => '重新测试',
    'edit-address': () => '修改地址',
    'add-key': () => '添加密钥',
    'replace-key': () => '更换密钥',
    'choose-region': () => '选择地域',
    'choose-model': () => '选择模型',
    'use-successor': ({ successor }) => `改用 ${successor ?? ''}`,
    unlock: () => '解锁',
    'use-proxy': () => '通过代理重试',
    'set-proxy': () => '设置代理',
    'allow-local-network': () => '再次请求权限并测试',
    'copy-command': () => '复制命令',
    'open-billing': ({ provider }) => `打开 ${provider} 的账单页面`,
  }),
};

function tidied<K extends string>(
  words: Readonly<Record<K, (facts: VerdictFacts) => string>>,
): Readonly<Record<K, (facts: VerdictFacts) => string>> {
  const entries = Object.entries<(facts: VerdictFacts) => string>(words);
  return Object.fromEntries(
    entries.map(([key, say]) => [key, (facts: VerdictFacts) => tidySpaces(say(facts))]),
  ) as Readonly<Record<K, (facts: VerdictFacts) => string>>;
}
