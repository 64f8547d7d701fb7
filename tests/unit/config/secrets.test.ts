import { describe, expect, it } from 'vitest';
import { exportConfig, parseConfig } from '../../../src/config/index.ts';
import { linesOf, problemsOf } from './problems-of.ts';

const CANARY = 'sk-proj-Canary0123456789abcdefCanary';

describe('secrets', () => {
  it('[CFG10] a key in the text gets a name, is given apart, and is warned of without being shown', () => {
    const { config, secrets, warnings } = parseConfig(`models:
  cloud:
    openai: { api_key: [${CANARY}, "\${OPENAI_API_KEY_2}", second-key-1, ${CANARY}] }
    my-9: { provider: baidu, api_key: "k1", secret_key: s1 }
    9my: { provider: baidu, api_key: k2, secret_key: "\${S}" }
`);
    expect(config.providers.map(({ keys, secretKey }) => [keys, secretKey])).toEqual([
      [['OPENAI_API_KEY', 'OPENAI_API_KEY_2', 'OPENAI_API_KEY_3'], undefined],
      [['MY_9_API_KEY'], 'MY_9_SECRET_KEY'],
      [['_9MY_API_KEY'], 'S'],
    ]);
    expect(secrets).toEqual([
      { name: 'OPENAI_API_KEY', value: CANARY },
      { name: 'OPENAI_API_KEY_3', value: 'second-key-1' },
      { name: 'MY_9_API_KEY', value: 'k1' },
      { name: 'MY_9_SECRET_KEY', value: 's1' },
      { name: '_9MY_API_KEY', value: 'k2' },
    ]);
    expect(linesOf(warnings)).toEqual([
      '3:25 models.cloud.openai.api_key[0] is a secret itself: it goes to the vault as OPENAI_API_KEY; write "${OPENAI_API_KEY}" instead',
      '3:86 models.cloud.openai.api_key[2] is a secret itself: it goes to the vault as OPENAI_API_KEY_3; write "${OPENAI_API_KEY_3}" instead',
      '3:100 models.cloud.openai.api_key[3] is a secret itself: it goes to the vault as OPENAI_API_KEY; write "${OPENAI_API_KEY}" instead',
      '4:39 models.cloud.my-9.api_key is a secret itself: it goes to the vault as MY_9_API_KEY; write "${MY_9_API_KEY}" instead',
      '4:57 models.cloud.my-9.secret_key is a secret itself: it goes to the vault as MY_9_SECRET_KEY; write "${MY_9_SECRET_KEY}" instead',
      '5:38 models.cloud.9my.api_key is a secret itself: it goes to the vault as _9MY_API_KEY; write "${_9MY_API_KEY}" instead',
    ]);
    expect(exportConfig(config)).not.toContain(CANARY);
    expect(exportConfig(config)).not.toContain('second-key-1');
  });

  it.each([
    ['not a name', '"${1X}"'],
    ['a shell variable', '$OPENAI_API_KEY'],
    ['something around the name', '"Bearer ${KEY}"'],
    ['two words', '"two words"'],
    ['other signs', '"你的密钥"'],
    ['a mapping', '{ env: KEY }'],
    ['a number', '12345678'],
  ])('[CFG10] %s is no key, and is not shown', (_, value) => {
    const problems = problemsOf(`models: { cloud: { openai: { api_key: ${value} } } }`);
    expect(problems).toMatchObject([{ line: 1, column: 39, path: 'models.cloud.openai.api_key' }]);
    for (const hidden of ['Bearer', 'two', '你', 'env', '1234', '1X', 'OPENAI']) {
      expect(problems[0]?.message).not.toContain(hidden);
    }
  });

  it('[CFG10] an empty key is no key, with a warning', () => {
    const { config, warnings } = parseConfig('models: { cloud: { openai: { api_key: "" } } }');
    expect(config.providers[0]?.keys).toEqual([]);
    expect(linesOf(warnings)).toEqual(['1:39 models.cloud.openai.api_key is empty: no key is sent']);
  });

  it.each([
    ['as a key of the root', `${CANARY}: 1\ncache_size: x`],
    ['as a model in default_model', `default_model: ${CANARY}`],
    ['as a number', `cache_size: ${CANARY}`],
    ['as a word of a list', `models: { cloud: { openai: { api: ${CANARY}, proxy: ${CANARY} } } }`],
    ['as a label', `models: { cloud: { ${CANARY}: { models: [{ name: 1 }] } } }`],
    ['as a pool', `pools: { ${CANARY}: 7 }`],
    ['as a pool member', `pools: { a: { members: [{ model: ${CANARY} }] } }`],
    ['as a mapping that is none', `models: { cloud: { openai: ${CANARY} } }`],
    ['in an address', `proxy_url: "https://host/?key=${CANARY}"`],
    ['as a password in an address', `models: { cloud: { openai: { base_url: "https://u:${CANARY}@host" } } }`],
    ['as a label and an id twice', `pools: { ${CANARY}: { members: [{ model: ${CANARY} }] } }`],
    ['as a tag', `cache_size: !${CANARY} 5`],
    ['as an anchor', `cache_size: &${CANARY} x`],
    ['as an alias', `cache_size: *${CANARY}`],
    ['as a directive', `%${CANARY}\n---\ncache_size: 1`],
    ['after a quote that ends', `a: "b" ${CANARY}`],
    ['in a list that does not end', `a: [${CANARY}`],
    ['as a key twice', `a:\n  ${CANARY}: 1\n  ${CANARY}: 2`],
    ['as a block header', `a: |${CANARY}\n  x`],
  ])('[CFG11] a secret %s is never in a problem', (_, text) => {
    const problems = problemsOf(text);
    expect(JSON.stringify(problems)).not.toContain('Canary');
    try {
      parseConfig(text);
    } catch (error) {
      expect((error as Error).message).not.toContain('Canary');
      expect(JSON.stringify((error as { details: unknown }).details)).not.toContain('Canary');
    }
  });

  it('[CFG11] a word that is a secret elsewhere in the text is hidden everywhere', () => {
    const problems = problemsOf(`x: { password: plain-words }\ndefault_model: plain-words\ncache_size: "plain-words!"`);
    expect(linesOf(problems)).toEqual([
      '2:16 default_model must be a model or pool of this file, is "•••"',
      '3:13 cache_size must be a whole number from 0 to 100000, is "•••"',
    ]);
  });

  it('[CFG11] what is under a key that names a secret is hidden, whatever it looks like', () => {
    const problems = problemsOf('models: { cloud: { openai: { api_key: { a: 1 } } } }\nretry: { attempts: 0 }');
    expect(linesOf(problems)).toEqual([
      '1:39 models.cloud.openai.api_key must be "${NAME}", a key, or a list of them',
      '2:20 retry.attempts must be a whole number from 1 to 20, is 0',
    ]);
  });

  it('[CFG12] settings that a kind does not use, or lacks, are warned of', () => {
    const { warnings } = parseConfig(`models:
  cloud:
    openai: { secret_key: "\${S}", api_version: "1" }
    baidu: { api_key: "\${K}", api: v1 }
    lan: { provider: openai, base_url: "http://192.168.1.5/v1" }
`);
    expect(linesOf(warnings)).toEqual([
      '3:5 models.cloud.openai has no api_key, which openai needs',
      '3:15 models.cloud.openai.secret_key is not used with openai',
      '3:35 models.cloud.openai.api_version is not used with openai',
      '4:5 models.cloud.baidu needs secret_key with api: v1',
    ]);
  });
});
