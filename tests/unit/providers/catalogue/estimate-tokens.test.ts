import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimateTokens } from '../../../../src/providers/catalogue/estimate-tokens.ts';

/** Counted with o200k_base, the vocabulary of OpenAI's models since GPT-4o. */
const COUNTED: readonly (readonly [what: string, tokens: number, text: string])[] = [
  [
    'english',
    65,
    'All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience and should act towards one another in a spirit of brotherhood. The old harbour was quiet that evening; only a few boats moved gently against the wall, and somebody was mending a net by the light of a lamp.',
  ],
  [
    'chat',
    37,
    "Hi! Could you explain, in two or three sentences, why the sky is blue? I've read that it has to do with how light scatters, but I don't get it.",
  ],
  [
    'code',
    63,
    'export function groupBy(items, keyOf) {\n  const groups = new Map();\n  for (const item of items) {\n    const key = keyOf(item);\n    const group = groups.get(key) ?? [];\n    group.push(item);\n    groups.set(key, group);\n  }\n  return groups;\n}\n',
  ],
  [
    'python',
    92,
    'import asyncio\n\nasync def fetch_all(urls: list[str], limit: int = 8) -> dict[str, bytes]:\n    """Download every URL, at most `limit` at a time."""\n    gate = asyncio.Semaphore(limit)\n\n    async def one(url: str) -> tuple[str, bytes]:\n        async with gate:\n            return url, await download(url)\n\n    return dict(await asyncio.gather(*(one(u) for u in urls)))\n',
  ],
  [
    'json',
    78,
    '{"id": 4711, "name": "Ada Lovelace", "tags": ["math", "poetry"], "active": true, "score": 98.25, "address": {"street": "12 St James\'s Square", "city": "London"}, "created": "2026-11-24T13:09:54.120Z"}',
  ],
  [
    'markdown',
    78,
    '## Results\n\n| model | tokens/s | memory |\n|---|---:|---:|\n| small | 41.3 | 512 MB |\n| large | 9.8 | 4.2 GB |\n\n- **Fast**: use the small one.\n- **Good**: use the large one, see [the notes](https://example.org/notes).\n',
  ],
  [
    'chinese',
    61,
    '人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。今天下午我们讨论了新的项目计划，大家都认为应该先把基础打好，然后再考虑增加更多的功能。',
  ],
  [
    'traditional',
    60,
    '人人生而自由，在尊嚴和權利上一律平等。他們賦有理性和良心，並應以兄弟關係的精神相對待。圖書館明天上午九點開門，請記得帶上您的借書證。',
  ],
  ['mixed', 30, '请用 Python 写一个函数，读取 CSV 文件并返回每一列的平均值；如果某一列不是数字，就跳过它。'],
  [
    'japanese',
    72,
    'すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。人間は、理性と良心とを授けられており、互いに同胞の精神をもって行動しなければならない。',
  ],
  [
    'korean',
    51,
    '모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 양심을 부여받았으며 서로 형제애의 정신으로 행동하여야 한다.',
  ],
  [
    'german',
    54,
    'Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt und sollen einander im Geiste der Brüderlichkeit begegnen. Die Straßenbahn fährt heute wegen Bauarbeiten nur bis zum Marktplatz.',
  ],
  [
    'french',
    41,
    'Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de conscience et doivent agir les uns envers les autres dans un esprit de fraternité.',
  ],
  [
    'spanish',
    38,
    'Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón y conciencia, deben comportarse fraternalmente los unos con los otros.',
  ],
  [
    'russian',
    41,
    'Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства.',
  ],
  [
    'greek',
    71,
    'Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. Είναι προικισμένοι με λογική και συνείδηση, και οφείλουν να συμπεριφέρονται μεταξύ τους με πνεύμα αδελφοσύνης.',
  ],
  [
    'arabic',
    44,
    'يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق. وقد وهبوا عقلاً وضميرًا وعليهم أن يعامل بعضهم بعضًا بروح الإخاء.',
  ],
  [
    'hebrew',
    50,
    'כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון, לפיכך חובה עליהם לנהוג איש ברעהו ברוח של אחוה.',
  ],
  [
    'hindi',
    54,
    'सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें बुद्धि और अन्तरात्मा की देन प्राप्त है और परस्पर उन्हें भाईचारे के भाव से बर्ताव करना चाहिए।',
  ],
  [
    'thai',
    63,
    'มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม และควรปฏิบัติต่อกันด้วยเจตนารมณ์แห่งภราดรภาพ',
  ],
  [
    'vietnamese',
    50,
    'Tất cả mọi người sinh ra đều được tự do và bình đẳng về nhân phẩm và quyền. Mọi con người đều được tạo hoá ban cho lý trí và lương tâm và cần phải đối xử với nhau trong tình bằng hữu.',
  ],
  [
    'numbers',
    56,
    '3.14159265 2.71828183 1000000 42 1024 65536 299792458 6.02214076 1.380649 12:30 2026-11-24 +49 30 901820',
  ],
  ['emoji', 34, 'Great news! 🎉🎉 We won 🏆 and the party starts at eight 🕗. Bring snacks 🍕🍿 and good mood 😄!'],
  [
    'shouting',
    22,
    'WARNING: THE DATABASE CONNECTION WAS CLOSED BEFORE THE TRANSACTION WAS COMMITTED. PLEASE CONTACT YOUR ADMINISTRATOR.',
  ],
];

/** Counted with the vocabulary of the starter model, which was made for English and code. */
const COUNTED_BY_STARTER = {
  english: 64,
  chat: 39,
  code: 75,
  python: 106,
  json: 93,
  markdown: 87,
  emoji: 38,
  shouting: 37,
};

describe('an estimate of tokens without a tokenizer', () => {
  it.each(COUNTED)('[CAT10] %s is within 35 %% of the %d tokens that it is', (_what, tokens, text) => {
    expect(estimateTokens(text) / tokens).toBeGreaterThan(0.65);
    expect(estimateTokens(text) / tokens).toBeLessThan(1.35);
  });

  it.each(Object.entries(COUNTED_BY_STARTER))('[CAT10] %s is so for the starter model too (%d)', (what, tokens) => {
    const text = COUNTED.find(([name]) => name === what)?.[2] ?? '';
    expect(estimateTokens(text) / tokens).toBeGreaterThan(0.65);
    expect(estimateTokens(text) / tokens).toBeLessThan(1.35);
  });

  it('[CAT10] over all samples the errors cancel out to less than 10 %', () => {
    const counted = COUNTED.reduce((sum, [, tokens]) => sum + tokens, 0);
    const estimated = COUNTED.reduce((sum, [, , text]) => sum + estimateTokens(text), 0);
    expect(Math.abs(estimated / counted - 1)).toBeLessThan(0.1);
  });

  it('[CAT10] nothing is nothing, and anything at least one', () => {
    expect(estimateTokens('')).toBe(0);
    fc.assert(fc.property(fc.string({ minLength: 1, unit: 'binary' }), (text) => estimateTokens(text) >= 1));
  });

  it('[CAT10] a text is the sum of its parts but for rounding, wherever it is cut, inside a character too', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.nat(), (text, cut) => {
        const at = cut % (text.length + 1);
        const parts = estimateTokens(text.slice(0, at)) + estimateTokens(text.slice(at));
        const whole = estimateTokens(text);
        expect(parts - whole).toBeGreaterThanOrEqual(0);
        expect(parts - whole).toBeLessThanOrEqual(1);
        expect(whole).toBeGreaterThanOrEqual(estimateTokens(text.slice(0, at)));
      }),
    );
  });
});
