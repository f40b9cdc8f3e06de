// @ts-nocheck: it is for any version of `openai`, and none of its types.
/**
 * A program with OpenAI's library: asks everything that `protocolQuestions` has, by both APIs, as a stream and in one piece,
 * and prints what it saw as one line of JSON. It imports nothing of Docent.
 *
 * Usage: node client.mjs URL-OF-OPENAI URL-OF-SERVER URL-OF-STRICT-SERVER QUESTIONS
 */
const [openaiUrl, url, strictUrl, questionsJson] = process.argv.slice(2)
const {default: OpenAI} = await import(openaiUrl)
const questions = JSON.parse(questionsJson)
const clientOf = (base) => new OpenAI({baseURL: `${base}/v1`, apiKey: 'any', maxRetries: 0})

const messages = (content) => [{role: 'user', content}]
const failure = (error) => ({status: error.status ?? null, code: error.code ?? null, message: error.message})

async function chat(client, question, stopAt) {
  const seen = {text: '', finish: null, annotations: [], sources: 0, docent: null, error: null}
  try {
    const stream = await client.chat.completions.create({
      model: 'docent',
      stream: true,
      messages: messages(question),
    })
    for await (const chunk of stream) {
      const [choice] = chunk.choices
      seen.text += choice?.delta.content ?? ''
      seen.finish = choice?.finish_reason ?? seen.finish
      seen.annotations = choice?.delta.annotations ?? seen.annotations
      seen.sources = chunk.sources?.length ?? seen.sources
      seen.docent = chunk.docent ?? seen.docent
      if (stopAt !== undefined && seen.text.includes(stopAt)) {
        await fetch(`${url}/api/answers/${seen.docent.answer_id}/stop`, {method: 'POST'})
      }
    }
  } catch (error) {
    seen.error = failure(error)
  }
  return seen
}

async function chatWhole(client, question) {
  try {
    const {choices, docent} = await client.chat.completions.create({
      model: 'docent',
      messages: messages(question),
    })
    const [{message, finish_reason: finish}] = choices
    return {text: message.content, finish, annotations: message.annotations ?? [], docent, error: null}
  } catch (error) {
    return {text: '', finish: null, annotations: [], docent: null, error: failure(error)}
  }
}

async function respond(client, question) {
  const seen = {text: '', status: null, annotations: [], error: null}
  try {
    const stream = await client.responses.create({model: 'docent', stream: true, input: question})
    for await (const event of stream) {
      if (event.type === 'response.output_text.delta') seen.text += event.delta
      if (event.type === 'response.output_text.annotation.added') seen.annotations.push(event.annotation)
      if (/^response\.(?:completed|incomplete|failed)$/.test(event.type)) seen.status = event.response.status
    }
  } catch (error) {
    seen.error = failure(error)
  }
  return seen
}

async function respondWhole(client, question) {
  try {
    const {output_text: text, status} = await client.responses.create({model: 'docent', input: question})
    return {text, status, error: null}
  } catch (error) {
    return {text: '', status: null, error: failure(error)}
  }
}

const open = clientOf(url)
const strict = clientOf(strictUrl)
const results = {}
for (const name of ['cited', 'abstained', 'declined', 'broken']) {
  results[name] = {
    chat: await chat(open, questions[name]),
    chatWhole: await chatWhole(open, questions[name]),
    respond: await respond(open, questions[name]),
    respondWhole: await respondWhole(open, questions[name]),
  }
}
results.stopped = await chat(open, questions.endless, 'word 3')
await chatWhole(strict, questions.cited)
results.refused = {chat: await chat(strict, questions.cited), respond: await respond(strict, questions.cited)}
results.tooLarge = await chatWhole(open, 'x'.repeat(600_000))
results.models = (await open.models.list()).data.map(({id}) => id)
console.log(JSON.stringify(results))
