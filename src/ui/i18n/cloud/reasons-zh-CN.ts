import type { ErrorReason } from '../../../contracts/error-reasons.ts';
import type { ErrorText } from '../en.ts';

export const reasonsZhCN: Readonly<Record<ErrorReason, ErrorText>> = {
  'missing-secret': { title: '尚未保存该服务商的密钥。', hint: '请在设置中添加密钥后重试。' },
  'key-kind': { title: '密钥类型不对。', hint: '该服务商有多种密钥。请在其控制台创建 API 密钥并填入设置。' },
  region: { title: '密钥与地域不符。', hint: '请在服务商设置中选择创建该密钥时的地域。' },
  arrears: { title: '该密钥所属账户已欠费。', hint: '请到服务商处结清账单，或换一个模型。' },
  'free-quota': { title: '该账户的免费额度已用完。', hint: '请在服务商控制台开启付费使用，或换一个模型。' },
  'not-activated': { title: '该账户尚未开通此模型或服务。', hint: '请在服务商控制台开通，或换一个模型。' },
  deployment: {
    title: '没有这个名称的部署。',
    hint: '请填写 Azure 门户中显示的部署名称。新建的部署最多需要五分钟才能使用。',
  },
  retired: { title: '服务商已下线这个模型。', hint: '请在设置中改用后继模型，或换一个模型。' },
  'api-version': { title: '服务器不认识这个地址或 API 版本。', hint: '请在服务商设置中检查地址、接口类型和版本。' },
  'request-too-large': { title: '请求超过了服务商单次允许的大小。', hint: '请新建对话，或缩短消息。' },
  'entra-only': {
    title: '这个 Azure 资源不接受密钥。',
    hint: '管理员已停用密钥访问。请在 Azure 门户中启用，或换用其他资源。',
  },
  firewall: { title: '服务商不接受来自当前网络的请求。', hint: '其防火墙只允许特定地址。请联系管理员，或换一个网络。' },
  organization: {
    title: '该密钥所属组织无权使用此模型。',
    hint: '可能需要先在服务商控制台完成组织验证，或换一个模型。',
  },
  'model-loading': { title: '服务器仍在加载模型。', hint: '请稍等片刻再试。' },
  'stream-only': { title: '这个模型只支持流式回答。', hint: '聊天界面始终使用流式；通过接口调用时请使用流式请求。' },
  'token-service': { title: '服务商没有为该密钥签发访问令牌。', hint: '请在设置中检查 API Key 和 Secret Key。' },
  'not-supported': { title: '服务商不提供此功能。', hint: '请换一个模型或服务商。' },
  'not-an-api': { title: '该地址返回的不是模型接口。', hint: '请检查地址，通常以 /v1 结尾。' },
  origin: { title: '服务器不接受来自本页面的请求。', hint: '需要先在服务器上允许本页面。连接检查会给出命令。' },
  offline: { title: '这台设备没有联网。', hint: '本地模型仍可使用。请连接网络后重试。' },
  'mixed-content': { title: '浏览器不允许安全页面访问不安全的地址。', hint: '请为该服务商填写 https 地址。' },
  'local-network-denied': {
    title: '浏览器不允许本页面访问本地网络。',
    hint: '请在地址栏旁的网站设置中允许“本地网络”，然后重试。',
  },
  'host-unreachable': { title: '无法连接服务商的服务器。', hint: '地址可能有误，服务器可能停机，或被当前网络屏蔽。' },
  cors: { title: '服务商不允许网页读取它的应答。', hint: '请在设置中填写自己的代理，并为该服务商启用。' },
  'cors-or-key': {
    title: '服务商拒绝了请求，且不让网页得知原因。',
    hint: '最常见的原因是密钥有误。连接检查可以进一步查明。',
  },
  'server-cors-off': {
    title: '服务器不接受来自本页面的请求。',
    hint: '需要先在服务器上允许本页面。连接检查会给出命令。',
  },
  redirected: { title: '服务器把请求转到了另一个地址。', hint: '密钥不会随之发送。请在设置中填写最终地址。' },
  'bad-address': { title: '服务商的地址未填写或无效。', hint: '请在服务商设置中改正。' },
  'foreign-host': {
    title: '该地址不属于任何已配置的服务商。',
    hint: '密钥只会发送到您配置的服务商。请在设置中检查地址。',
  },
  'insecure-address': {
    title: '密钥不会通过不安全的连接发送。',
    hint: '请使用 https 地址；http 仅限本设备或本地网络中的服务器。',
  },
  'proxy-address': { title: '代理地址无效。', hint: '请在设置的服务商列表下方改正。' },
  'proxy-missing': { title: '该服务商需要通过代理访问，但尚未设置代理。', hint: '请在设置中填写代理地址。' },
  'proxy-unreachable': { title: '代理没有应答。', hint: '请在设置中检查代理地址。' },
  'proxy-refused': { title: '代理拒绝转发这次请求。', hint: '请把服务商的主机和本页面的地址加入代理的允许列表。' },
  'wrong-passphrase': { title: '口令不正确。', hint: '请重新输入，注意区分大小写。' },
  'vault-damaged': {
    title: '已存的密钥无法再打开。',
    hint: '浏览器丢失或损坏了用于打开密钥的数据。请在“设置 → 密钥”中删除所有密钥后重新填写。',
  },
  'secret-damaged': { title: '这个密钥无法再打开。', hint: '请在“设置 → 密钥”中重新填写。' },
};
