// openai-node against a server: $WEFT_URL.
import OpenAI from 'openai';

const client = new OpenAI({ baseURL: process.env.WEFT_URL + '/v1', apiKey: 'none', maxRetries: 0 });
const ask = { model: 'weft', max_tokens: 60, messages: [{ role: 'user', content: 'Name a colour.' }] };
const tool = { type: 'function', function: { name: 'weather', parameters: { type: 'object',
  properties: { city: { enum: ['Beijing', 'Shanghai'] } }, required: ['city'], additionalProperties: false } } };

const check = async (name, body) => {
  try {
    const held = await body();
    const [ok, note] = Array.isArray(held) ? held : [held, ''];
    console.log(JSON.stringify({ check: name, ok: Boolean(ok), note: String(note).slice(0, 160) }));
  } catch (e) {
    console.log(JSON.stringify({ check: name, ok: false, note: String(e).slice(0, 300) }));
  }
};

await check('an answer', async () => {
  const answer = await client.chat.completions.create(ask);
  return [answer.usage.completion_tokens > 0, answer.choices[0].message.content];
});
await check('a stream', async () => {
  let text = '';
  for await (const chunk of await client.chat.completions.create({ ...ask, stream: true })) {
    text += chunk.choices[0]?.delta?.content ?? '';
  }
  return text.length > 0;
});
await check('a call that must be made', async () => {
  const answer = await client.chat.completions.create({ ...ask, tools: [tool], tool_choice: 'required' });
  const call = answer.choices[0].message.tool_calls[0].function;
  return [['Beijing', 'Shanghai'].includes(JSON.parse(call.arguments).city), call.arguments];
});
await check('an embedding', async () => {
  const answer = await client.embeddings.create({ model: 'weft', input: 'a' });
  return answer.data[0].embedding.length > 0;
});
await check('a refusal names its field', async () => {
  try {
    await client.chat.completions.create({ ...ask, temperature: 9 });
    return false;
  } catch (e) {
    return [e.status === 400 && e.param === 'temperature', e.message];
  }
});
