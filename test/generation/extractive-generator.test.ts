import fc from 'fast-check'
import {marked} from 'marked'
import {describe, expect, test} from 'vitest'
import type {CitationEvent} from '../../src/domain/index.ts'
import {partsOfQuestion} from '../../src/generation/extraction/english.ts'
import {unitLikelihoods} from '../../src/generation/extraction/index.ts'
import {extractiveGenerator} from '../../src/generation/extractive-generator.ts'
import type {GenerationEvent} from '../../src/generation/generator.ts'
import {requestOf, sourceOf, textOf, told} from '../contracts/generator.contract.ts'
import {seedOr} from '../support/random-seed.ts'

const generator = extractiveGenerator({paceMs: 0})

interface Cited extends CitationEvent {
  readonly words: string
}

async function answerTo(
  question: string,
  ...pages: readonly string[]
): Promise<{text: string; cited: Cited[]}> {
  const sources = pages.map((markdown, index) => sourceOf(index + 1, markdown))
  const {events, text, error} = await told(generator, requestOf({question, sources}))
  expect(error).toBeNull()
  return {text, cited: citedIn(events)}
}

function citedIn(events: readonly GenerationEvent[]): Cited[] {
  const text = textOf(events)
  return events.flatMap((event) =>
    event.type === 'citation' ? [{...event, words: text.slice(event.start, event.end)}] : [],
  )
}

const portPage = [
  'Docent is a server for documentation. It was written in a hurry. Many people like it.',
  '',
  'The server listens on port 3000. Set the `PORT` variable to change the port of the server. Restart the server afterwards.',
  '',
  'Cookies are kept for a week. See [the other page](../other.md) for details.',
].join('\n')

describe('an extract', () => {
  test('says that it quotes, answers first, and cites every word that it quotes', async () => {
    const {text, cited} = await answerTo('How do I change the port of the server?', portPage)

    expect(text).toMatch(/^From the docs:\n\n/)
    expect(text).toContain('Set the `PORT` variable to change the port of the server.')
    expect(text).not.toContain('Cookies')
    let rest = text.slice('From the docs:'.length)
    for (const {words, quote} of cited) {
      expect(rest).toContain(words)
      rest = rest.replace(words, '')
      expect(portPage.replaceAll('`', '')).toContain(quote)
    }
    expect(rest.replace('**Page 1 › Section 1**', '').replace(/[\s…]/g, '')).toBe('')
  })

  test.each([
    ['de', 'Wie ändere ich Grenzwerte?', 'Geänderter Grenzwert: er gilt nach dem Neustart.'],
    ['fr', 'Comment limiter les fours ?', 'La limitation du four commence demain.'],
    ['ru', 'Как изменить пределы?', 'Изменение предела действует завтра.'],
  ])('takes words as the language of the page does: %s', async (lang, question, answer) => {
    const others = ['Alpha beta gamma.', 'Delta epsilon zeta.', 'Eta theta iota.', 'Kappa lambda mu.']
    const text = [...others.slice(0, 3), answer, others[3]!].join('\n\n')
    const oddsIn = (language: string | null): number => {
      const likelihoods = unitLikelihoods(question, sourceOf(1, text, {lang: language}))
      const likelihood = [...likelihoods].find(([unit]) => unit.text === answer)![1]
      return likelihood / (1 - likelihood)
    }

    expect(oddsIn(lang)).toBeGreaterThan(2 * oddsIn(null))
  })

  test('answers the question that a correction corrects', async () => {
    const history = [
      {role: 'user', content: 'How do I install the agent on Linux?'},
      {role: 'assistant', content: 'Install it with apt.'},
    ] as const
    const page = 'Install the agent on Linux with apt.\n\nInstall the agent on Windows with the installer.'
    const sources = [sourceOf(1, page)]

    const {text} = await told(generator, requestOf({question: 'no, on Windows', history, sources}))

    expect(text).toContain('on Windows with the installer')
  })

  test('is the same for the same question and sources', async () => {
    const once = await answerTo('change the port', portPage, 'Another page about a port.')
    const again = await answerTo('change the port', portPage, 'Another page about a port.')

    expect(again).toEqual(once)
  })

  test('quotes ordered steps whole, with their lead-in', async () => {
    const {text} = await answerTo(
      'How do I install the agent?',
      'The agent watches things.\n\nTo install the agent:\n\n1. Download the agent.\n2. Unpack it:\n\n   ```sh\n   tar xf agent.tar\n   ```\n\n3. Start it.\n\nThe weather is fine.',
    )

    expect(text).toContain('To install the agent:\n\n1. Download the agent.\n2. Unpack it:')
    expect(text).toContain('   ```sh\n   tar xf agent.tar\n   ```')
    expect(text).toContain('3. Start it.')
    expect(text.indexOf('1. Download')).toBeLessThan(text.indexOf('3. Start it.'))
  })

  test('quotes a code block whole, after the sentence about it', async () => {
    const {text, cited} = await answerTo(
      'How do I run the tests?',
      'Some history.\n\nRun the tests with this command:\n\n```sh\nnpm ci\nnpm test\n```\n\nOther things follow.',
    )

    expect(text).toContain('Run the tests with this command:\n\n```sh\nnpm ci\nnpm test\n```')
    expect(cited.map(({words}) => words)).toContain('```sh\nnpm ci\nnpm test\n```')
  })

  test('quotes the rows of a table that answer, under its header', async () => {
    const {text} = await answerTo(
      'What is the default of RETENTION_DAYS?',
      '| Name | Default | Meaning |\n|---|---|---|\n| PORT | 3000 | The port |\n| RETENTION_DAYS | 90 | Days that transcripts are kept |\n| HOST | 127.0.0.1 | The address |',
    )

    expect(text).toContain('| Name | Default | Meaning |\n| --- | --- | --- |\n')
    expect(text).toContain('| RETENTION\\_DAYS | 90 |'.replace('\\', ''))
    expect(text).not.toContain('127.0.0.1')
  })

  test.each([
    ['a word', `The port is ${'x'.repeat(180_000)} here.`],
    ['words without spaces', '端口'.repeat(90_000)],
    ['joined emoji', `The port ${'👨‍👩‍👧‍👦'.repeat(20_000)}`],
    ['a line of code', `\`\`\`json\n{"port": "${'y'.repeat(180_000)}"}\n\`\`\``],
    ['steps', Array.from({length: 500}, (_, i) => `${i + 1}. Set the port ${'z'.repeat(400)}`).join('\n')],
    ['an item', `- the port ${'q'.repeat(180_000)}\n- another`],
    ['a cell', `| Name | Default |\n|---|---|\n| port | ${'3'.repeat(180_000)} |`],
    ['a heading', `## ${'port'.repeat(45_000)}\n\n\`\`\`\nport 3\n\`\`\``],
    ['a paragraph', `Set the port. ${'word '.repeat(36_000)}`],
  ])(
    '%s of 180,000 characters makes an answer of a few thousand, cut between characters',
    async (_name, page) => {
      const {events, text} = await told(
        generator,
        requestOf({question: 'What is the port?', sources: [sourceOf(1, page)]}),
      )

      expect(text.length).toBeLessThan(9_000)
      expect(events.filter(({type}) => type === 'delta').length).toBeLessThan(1_500)
      const visible = page.replace(/[^\p{L}\p{N}]/gu, '')
      expect(citedIn(events)).not.toEqual([])
      for (const {words} of citedIn(events)) {
        expect(words).toMatch(/\S/)
        expect(visible).toContain(words.replace(/[^\p{L}\p{N}]/gu, '').slice(0, 3_000))
      }
      expect(text).not.toMatch(/(?<![\ud800-\udbff])[\udc00-\udfff]|[\ud800-\udbff](?![\udc00-\udfff])/)
      expect(text.split('```').length % 2).toBe(1)
    },
  )

  test('however slow the pace, the whole takes a few seconds', async () => {
    const slow = extractiveGenerator({paceMs: 60_000})

    const {text, error} = await told(
      slow,
      requestOf({question: 'change the port', sources: [sourceOf(1, portPage)]}),
    )

    expect(error).toBeNull()
    expect(text).toContain('Set the `PORT` variable')
  }, 60_000)

  test('quotes nothing twice, although several sources have it', async () => {
    const sentence = 'Set the PORT variable to change the port of the server.'

    const {text} = await answerTo(
      'How do I change the port of the server?',
      `${sentence} More words here.`,
      `${sentence}`,
      `Intro. ${sentence.replace('Set', 'set')}`,
    )

    expect(text.toLowerCase().split(sentence.toLowerCase())).toHaveLength(2)
  })

  test('keeps links with absolute addresses, and drops images, raw HTML and relative addresses', async () => {
    const {text} = await answerTo(
      'Where is the port guide?',
      'The port guide is [here](../port.md), and [online](https://example.com/port), ![x](https://evil.example/x.png) <img src=x onerror=alert(1)> with <b>bold</b> words about the port.',
    )

    expect(text).toContain('[online](https://example.com/port)')
    expect(text).toContain('guide is here')
    expect(text).not.toMatch(/<|evil|port\.md/)
  })

  test('a sentence that refers to the one before brings it', async () => {
    const {text} = await answerTo(
      'Which limits apply to uploads?',
      'The gateway has a quota. It limits the size of uploads to 5 MB and applies to all users. Nobody knows why.',
    )

    expect(text).toContain('The gateway has a quota. It limits the size of uploads')
  })

  test('does not end in a lead-in without what it announces', async () => {
    const {text} = await answerTo(
      'How do I change the port of the server?',
      `${portPage}\n\nTo change the port of the server on other systems, do one of these:`,
    )

    expect(text.trim()).not.toMatch(/:$/)
  })

  test('a question in another language finds its words', async () => {
    const {text} = await answerTo(
      'Wie ändere ich den Port des Servers?',
      'Der Server ist schnell. Den Port des Servers ändert die Variable `PORT`. Viel Spaß damit.',
    )

    expect(text).toContain('Den Port des Servers ändert die Variable `PORT`.')
  })

  test('a short follow-up borrows the words of the question before', async () => {
    const {text} = await told(
      generator,
      requestOf({
        question: 'And on Windows?',
        history: [
          {role: 'user', content: 'How do I install the agent?'},
          {role: 'assistant', content: 'With apt.'},
        ],
        sources: [
          sourceOf(
            1,
            'On Windows, colours differ. Install the agent on Windows with the installer. On Linux, use apt.',
          ),
        ],
      }),
    )

    expect(text).toContain('Install the agent on Windows with the installer.')
  })

  test('a short question that stands alone borrows nothing', async () => {
    const {text} = await told(
      generator,
      requestOf({
        question: 'What is kelp?',
        history: [
          {role: 'user', content: 'How do I deploy the falcon to production?'},
          {role: 'assistant', content: 'Build it.'},
        ],
        sources: [
          sourceOf(1, 'Kelp is a brown seaweed.'),
          sourceOf(2, 'To deploy the falcon to production, build it and push it.'),
        ],
      }),
    )

    expect(text).toBe('From the docs:\n\n**Page 1 › Section 1**\n\nKelp is a brown seaweed.')
  })

  test('a step is quoted with the file name of its code, and cited by its words', async () => {
    const page = '1. Build it:\n\n   ```sh title="build.sh"\n   falcon build --prod\n   ```\n\n2. Push it.'
    const {text, events} = await told(
      generator,
      requestOf({
        question: 'How do I build and push it?',
        sources: [sourceOf(1, page, {text: 'Build it:\nbuild.sh\nfalcon build --prod\nPush it.'})],
      }),
    )

    expect(text).toContain(
      '1. Build it:\n\n   build.sh\n\n   ```sh\n   falcon build --prod\n   ```\n2. Push it.',
    )
    expect(events.find(({type}) => type === 'citation')).toMatchObject({
      quote: 'Build it:\nbuild.sh\nfalcon build --prod\nPush it.',
    })
  })

  test('a list of links is not quoted where there is an answer', async () => {
    const {text, events} = await told(
      generator,
      requestOf({
        question: 'How do I put the widget on my site?',
        sources: [
          sourceOf(
            1,
            '1. [Put the widget on your site](widget.md).\n2. [Read what visitors of your site asked](read.md).',
          ),
          sourceOf(
            2,
            'Add this line to the pages that shall have the widget:\n\n```html\n<script src="widget.js"></script>\n```',
            {headings: ['Embed the widget'], score: 0.6},
          ),
        ],
      }),
    )
    const cited = citedIn(events)

    expect(text).toContain('Add this line to the pages that shall have the widget:\n\n```html')
    expect(text).not.toContain('Read what visitors')
    expect(new Set(cited.map(({n}) => n))).toEqual(new Set([2]))
  })

  test('a list of links is better than nothing, and stays where it was announced', async () => {
    const links = '- [Install the agent](install.md)\n- [Start the agent](start.md)'

    const alone = await answerTo('How do I install the agent?', links)
    const announced = await answerTo(
      'How do I install the agent?',
      `The agent is small. To install the agent, take these steps:\n\n${links}`,
    )

    expect(alone.text).toContain('- Install the agent')
    expect(announced.text).toContain('take these steps:\n\n- Install the agent\n- Start the agent')
  })

  test('a sample that contains the question word for word is not its answer', async () => {
    const {text} = await answerTo(
      'How do I change the port?',
      'For one object at the end, ask so:\n\n```json\n{"question": "How do I change the port?"}\n```',
      'Set the variable `PORT` before you start the server, to change where it listens.',
    )

    expect(text).toMatch(/^From the docs:\n\n\*\*Page 2 › Section 2\*\*\n\nSet the variable `PORT`/)
    expect(text).not.toContain('```json')
  })

  test('nor is a command with which one asks it', async () => {
    const sources = [
      sourceOf(1, 'Set `PORT`, which the server reads when it starts, to listen elsewhere.', {
        headings: ['Change the port or the address'],
      }),
      sourceOf(2, '```sh\ncurl -d \'{"question": "How do I change the port?"}\' http://127.0.0.1:3000\n```', {
        score: 0.8,
      }),
    ]
    const {text} = await told(generator, requestOf({question: 'How do I change the port?', sources}))

    expect(text).toMatch(/^From the docs:\n\n\*\*Change the port or the address\*\*\n\nSet `PORT`/)
  })

  test('a second source must add something about the question', async () => {
    const first = 'Set `PORT` to change the port of the server. The server reads it when it starts.'

    const {cited: without} = await answerTo(
      'How do I change the port of the server?',
      first,
      'The server is small. People like it. It was written in a month.',
    )
    const {events} = await told(
      generator,
      requestOf({
        question: 'How do I change the port of the server under systemd?',
        sources: [
          sourceOf(1, first),
          sourceOf(2, 'Under systemd, `Environment=PORT=8080` in the unit changes the port of the server.', {
            score: 0.9,
          }),
        ],
      }),
    )
    const withNews = citedIn(events)

    expect(new Set(without.map(({n}) => n))).toEqual(new Set([1]))
    expect(new Set(withNews.map(({n}) => n))).toEqual(new Set([1, 2]))
  })

  test('a lead-in without a colon keeps its list', async () => {
    const {text} = await answerTo(
      'When is a build not published?',
      'Builds are cheap. Nobody counts them.\n\nA build is not published when\n\n- its sums are wrong\n- it has lost pages',
    )

    expect(text).toContain('A build is not published when\n\n- its sums are wrong\n- it has lost pages')
  })

  test('does not end by referring the reader to a page whose link is gone', async () => {
    const {text} = await answerTo(
      'How do I change the port?',
      'Set `PORT` to change the port. Restart it then. See [operating](operating.md).',
    )

    expect(text).toContain('Set `PORT` to change the port. Restart it then.')
    expect(text).not.toContain('See operating')
  })

  test('a quote is under the heading of its section, with no more escapes than needed', async () => {
    const {text} = await told(
      generator,
      requestOf({
        question: 'How do I clear not_ready?',
        sources: [
          sourceOf(1, '```sh\nnpm run ingest\n```', {headings: ['503 not_ready, _once_ [more] {#more}']}),
        ],
      }),
    )

    expect(text).toBe('From the docs:\n\n**503 not_ready, \\_once\\_ [more]**\n\n```sh\nnpm run ingest\n```')
  })

  test('a quote from under another heading is under that heading', async () => {
    const {text} = await answerTo(
      'How do I stop the agent?',
      'The agent watches things all day and all night.\n\n### Stopping the agent\n\nSend the agent a signal to stop it.',
    )

    expect(text).toContain('Send the agent a signal to stop it.')
    expect(text).toContain('› Stopping the agent**')
  })

  test.each([
    ['How do I change the port?', 'From the docs:'],
    ['Wie ändere ich den Port?', 'Aus der Dokumentation:'],
    ['¿Cómo cambio el puerto?', 'De la documentación:'],
    ['Comment changer le port du serveur ?', 'Extrait de la documentation :'],
    ['Kubernetes の Pod とは', 'ドキュメントからの引用：'],
    ['如何更改端口？', '摘自文档：'],
    ['Como posso mudar a porta do servidor?', 'From the docs:'],
    ['What does テスト mean?', 'From the docs:'],
    ['port', 'From the docs:'],
  ])('says that it quotes in the language of the question: %s', async (question, opening) => {
    const {text} = await answerTo(question, portPage)

    expect(text.split('\n')[0]).toBe(opening)
  })

  test('a line in Arabic leaves words in another script their direction', async () => {
    const before = await answerTo('كيف أغير المنفذ؟', portPage)
    const after = await answerTo('كيف أغير المنفذ؟', 'غير المتغير لتغيير المنفذ.')

    expect(before.text.startsWith('\u200eمن الوثائق:\u200f\n\n')).toBe(true)
    expect(after.text.startsWith('من الوثائق:\n\n')).toBe(true)
  })

  test('a short follow-up counts as in the language of the question before', async () => {
    const {text} = await told(
      generator,
      requestOf({
        question: 'Windows?',
        history: [{role: 'user', content: 'Wie installiere ich den Agenten?'}],
        sources: [sourceOf(1, 'On Windows, install the agent with the installer.')],
      }),
    )

    expect(text).toMatch(/^Aus der Dokumentation:/)
  })

  test('stays within its length', async () => {
    const page = Array.from(
      {length: 200},
      (_, index) => `The port number ${index} of the server can be changed in place ${index * 7}.`,
    ).join(' ')

    const {text} = await answerTo('How can the port of the server be changed?', page)

    expect(text.split(/\s+/).length).toBeLessThan(220)
  })

  test('sources without a sentence still get an answer', async () => {
    const {text} = await answerTo('What is it?', '![only](an-image.png)')

    expect(text.trim()).not.toBe('')
  })

  test('arrives in small deltas', async () => {
    const {events} = await told(
      generator,
      requestOf({question: 'change the port', sources: [sourceOf(1, portPage)]}),
    )

    const sizes = events.flatMap((event) => (event.type === 'delta' ? [event.text.length] : []))
    expect(Math.max(...sizes)).toBeLessThanOrEqual(40)
    expect(sizes.length).toBeGreaterThan(10)
  })

  test('an extract that broke off continues where it broke', async () => {
    const request = requestOf({question: 'change the port of the server', sources: [sourceOf(1, portPage)]})
    const {text} = await told(generator, request)

    const rest = await told(generator, {...request, continueFrom: text.slice(0, 40)})

    expect(rest.text).toBe(text.slice(40))
  })

  test('after the text of a model it repeats nothing', async () => {
    const request = requestOf({
      question: 'change the port of the server',
      sources: [sourceOf(1, portPage)],
      continueFrom: 'Good question! Set the `PORT` variable to change the port of the server. And',
    })

    const {text, error} = await told(generator, request)

    expect(error).toBeNull()
    expect(text).not.toContain('Set the `PORT`')
  })
})

describe('how an extract reads', () => {
  test('a bold line alone is a heading: shown over what it is about, and not quoted by itself', async () => {
    const {text, cited} = await answerTo(
      'How do I rotate the signing key?',
      '**Create a key**\n\nRun the generator once and keep the file.\n\n**Rotate the signing key**\n\nReplace the file, then send the process a hangup.\n\n**Delete a key**\n\nRemove the file from all machines that have it.',
    )

    expect(text).toContain('**Rotate the signing key**\n\nReplace the file, then send the process a hangup.')
    expect(cited.map(({words}) => words)).not.toContain('**Rotate the signing key**')
  })

  test('keeps the order of the page, and marks what it leaves out', async () => {
    const filler =
      'Many people have written about this at length, in several books and in other places as well. '
    const {text} = await answerTo(
      'How do I change the port and the address of the server?',
      [
        'Set `PORT` to change the port of the server.',
        filler.repeat(4),
        filler.repeat(3).replaceAll('books', 'letters'),
        'Set `HOST` to change the address of the server.',
      ].join('\n\n'),
    )

    expect(text).toMatch(
      /Set `PORT` to change the port of the server\.\n\n…\n\nSet `HOST` to change the address/,
    )
  })

  test('the heading of each section is shown once, and the page of the best one comes first', async () => {
    const {events} = await told(
      generator,
      requestOf({
        question: 'Which plan allows webhooks and how many projects does it allow?',
        sources: [
          sourceOf(1, 'The free plan allows up to 3 projects, and no webhooks.', {headings: ['Free plan']}),
          sourceOf(2, 'The team plan allows webhooks and up to 50 projects.', {headings: ['Team plan']}),
        ],
      }),
    )
    const text = textOf(events)

    for (const label of text.matchAll(/^\*\*.*\*\*$/gm)) expect(text.split(label[0])).toHaveLength(2)
    for (const {n, words} of citedIn(events)) {
      const label = text
        .slice(0, text.indexOf(words))
        .match(/\*\*(.*?)\*\*/g)
        ?.at(-1)
      expect(label).toBe(n === 1 ? '**Page 1 › Free plan**' : '**Page 2 › Team plan**')
    }
  })

  test('a paragraph that was begun is finished, and the code behind it comes with it', async () => {
    const {text} = await answerTo(
      'How do I enable the cache?',
      'The cache is off at first. To enable the cache, set a folder for it. The folder must be on the same disk.\n\n```sh\nexport CACHE_DIR=/var/cache\n```\n\nOther matters follow here.',
    )

    expect(text).toContain(
      'The cache is off at first. To enable the cache, set a folder for it. The folder must be on the same disk.\n\n```sh\nexport CACHE_DIR=/var/cache\n```',
    )
  })

  test('the heading above is not shown again for the next quote of the same page', async () => {
    const {text} = await answerTo(
      'What is the port, and what is the host of the server?',
      '**The port**\n\nThe port of the server is 3000.\n\n**The host**\n\nThe host of the server is local.',
    )

    expect(text).toContain('**Section 1 › The port**')
    expect(text).toContain('\n\n**The host**\n\n')
  })

  test('steps go on across the code between them', async () => {
    const {text} = await answerTo(
      'How do I install the agent?',
      'To install the agent:\n\n1. Download it:\n\n```sh\ncurl -O agent.tar\n```\n\n2. Unpack it:\n\n```sh\ntar xf agent.tar\n```\n\n3. Start the service.\n\nThe agent was written long ago.',
    )

    expect(text).toMatch(
      /1\. Download it:[\s\S]*curl[\s\S]*2\. Unpack it:[\s\S]*tar xf[\s\S]*3\. Start the service\./,
    )
  })

  test('of steps that differ in a word the ones that were asked for are quoted, and not the others as well', async () => {
    const steps = (system: string) =>
      `1. Download the installer of the agent for ${system} from the releases page.\n2. Start the installer, accept the licence and choose a folder.\n3. Restart the machine and look for the icon.`
    const sources = [sourceOf(1, steps('Linux')), sourceOf(2, steps('Windows'), {score: 0.95})]
    const {text} = await told(
      generator,
      requestOf({question: 'How do I install the agent on Windows?', sources}),
    )

    expect(text).toContain('agent for Windows from')
    expect(text).not.toContain('agent for Linux from')
  })

  test('of steps too long to read the one that answers is quoted, with its number and what announces them', async () => {
    const filler =
      'Wait until the page has loaded, look at each of the fields, and go on when nothing is red. '
    const steps = [
      'Create the project.',
      'Choose a region.',
      'Restart the worker when it reports `E17`.',
      'Publish.',
    ]
    const list = steps.map((step, at) => `${at + 1}. ${step} ${filler.repeat(3)}`).join('\n')
    const {text} = await answerTo('What do I do when the worker reports E17?', `To deploy it:\n\n${list}`)

    expect(text).toMatch(/To deploy it:\n\n…\n\n3\. Restart the worker when it reports `E17`\./)
    expect(text).not.toContain('4. Publish')
  })

  test('of a table the row that names what was asked for is shown, under the header', async () => {
    const names = ['PORT', 'HOST', 'LOG_LEVEL', 'CACHE_SIZE', 'DATA_DIR']
    const rows = names.map((name) => `| \`${name}\` | Set by whoever runs the server. | unset |`)
    const {text, cited} = await answerTo(
      'What is CACHE_SIZE?',
      `The server reads variables when it starts.\n\n| Name | Meaning | Default |\n|---|---|---|\n${rows.join('\n')}`,
    )

    expect(text).toContain(
      '| Name | Meaning | Default |\n| --- | --- | --- |\n| `CACHE_SIZE` | Set by whoever runs the server. | unset |',
    )
    expect(text).not.toContain('LOG_LEVEL')
    expect(cited).toMatchObject([{quote: expect.stringContaining('Set by whoever runs the server')}])
  })

  test('a sentence that announces something is not quoted without it', async () => {
    const {text} = await answerTo(
      'How do I lay out the directory?',
      'The directory is laid out by hand.\n\nFor this the following structure of the directory is used:',
      'The directory holds one file per day.',
    )

    expect(text).not.toContain('structure of the directory is used:')
  })

  test('a list of nine short items comes whole, with its lead-in', async () => {
    const formats = ['CSV', 'JSON', 'Parquet', 'XML', 'YAML', 'Avro', 'ORC', 'Excel', 'Arrow']
    const {text} = await answerTo(
      'Which export formats are supported?',
      `The exporter can write the following formats:\n\n${formats.map((name) => `- ${name}: one of the formats`).join('\n')}`,
    )

    expect(text).toContain('The exporter can write the following formats:')
    for (const name of formats) expect(text).toContain(`- ${name}: one`)
  })

  test('a list of many single words comes whole', async () => {
    const hosts = Array.from({length: 36}, (_, at) => `badges${at}.example.org`)
    const {text} = await answerTo(
      'From which domains are badges shown?',
      `Badges are shown from these trusted domains:\n\n${hosts.map((host) => `* ${host}`).join('\n')}`,
    )

    for (const host of hosts) expect(`${text}\n`).toContain(`- ${host}\n`)
  })

  test('of a long list what is left out is marked', async () => {
    const items = Array.from(
      {length: 40},
      (_, index) =>
        `- Rule ${index} is about ${index === 7 || index === 30 ? 'quotas of uploads' : 'hills, rivers and lakes'} in the north.`,
    )
    const {text} = await answerTo('Which rules are about quotas of uploads?', items.join('\n'))

    expect(text).toContain('Rule 7 is about quotas')
    expect(text).toContain('Rule 30 is about quotas')
    expect(text).toMatch(/Rule 7 [^\n]+\n- …\n- Rule 30 /)
  })

  test.each([
    ['These protocols are supported.', 'Which protocols are supported?', 'HTTP'],
    ['ポートを変更するには、次の手順に従います。', 'ポートを変更するには？', '設定を開く'],
  ])('a list comes with the sentence that introduces it: %s', async (sentence, question, item) => {
    const {text} = await answerTo(question, `${sentence}\n\n- ${item}\n- gRPC`)

    expect(text).toContain(`${sentence}\n\n- ${item}`)
  })

  test('of questions in bold the one that was asked is quoted', async () => {
    const {text} = await answerTo(
      'Do you support SSO?',
      '**Can I use my own domain?**\n\nYes. Add a record for it at your provider.\n\n**Is there a mobile app?**\n\nThere is one for two systems.\n\n**Do you support SSO?**\n\nYes, on the largest plan.',
    )

    expect(text).toContain('**Do you support SSO?**\n\nYes, on the largest plan.')
    expect(text).not.toContain('mobile app')
  })

  test('the label of a note is no heading, and a term is the heading of its definition', async () => {
    const note = await answerTo(
      'Can I restore a deleted route?',
      '> [!WARNING]\n> Deleting a route drops its traffic.\n\nBy default, a deleted route can be restored for a week.',
    )
    const term = await answerTo(
      'Which flag shows what would change?',
      '`--dry-run`\n\nShows what would change, and changes nothing.\n\n`--json`\n\nPrints the result for programs.',
    )

    expect(note.text).not.toMatch(/\*\*.*Warning\*\*/i)
    expect(note.text).toContain('a deleted route can be restored for a week')
    expect(term.text).toMatch(/--dry-run\*\*\n\nShows what would change/)
  })

  test('of two units the fuller one is quoted, not both', async () => {
    const short = 'Set the PORT variable to change the port of the server.'
    const {text} = await answerTo(
      'How do I change the port of the server?',
      `${short}`,
      `${short.replace(/\.$/, '')} and restart it.`,
    )

    expect(text).toContain('and restart it.')
    expect(text.split('Set the PORT variable')).toHaveLength(2)
  })

  test('names no source twice, whatever is asked about two parts', async () => {
    const {cited} = await answerTo(
      'How do I change the port, and what is the default of the retention?',
      'Set `PORT` to change the port.',
      'The default of the retention is 90 days.',
    )

    expect(new Set(cited.map(({n}) => n))).toEqual(new Set([1, 2]))
  })
})

describe('an extract of any Markdown', () => {
  test('whatever the Markdown, an answer made from it is well-formed and has no HTML', async () => {
    const piece = fc.constantFrom(
      'word ',
      'port ',
      'server. ',
      '`code` ',
      '```',
      '\n',
      '\n\n',
      '- ',
      '1. ',
      '> ',
      '| a | b |\n|---|---|\n| c | d |\n',
      '**',
      '*',
      '[',
      '](x) ',
      '](https://a.example) ',
      '<script>',
      '</script>',
      '<!--',
      '![',
      '# ',
      '    ',
      '~~~\n',
      '&lt;',
      '\\',
      '\u{1F600}',
      '。',
      ': ',
    )
    let citations = 0
    await fc.assert(
      fc.asyncProperty(fc.array(piece, {maxLength: 60}), async (pieces) => {
        const {text, cited} = await answerTo('server port word', pieces.join(''))
        citations += cited.length

        const open: string[] = []
        for (const line of text.split('\n')) {
          const fence = /^ *(`{3,})[^`]*$/.exec(line)?.[1]
          if (!fence) continue
          if (open.length > 0 && fence.length >= (open[0]?.length ?? 0)) open.pop()
          else if (open.length === 0) open.push(fence)
        }
        expect(open).toEqual([])
        const types = new Set<string>()
        marked.walkTokens(marked.lexer(text), (token) => void types.add(token.type))
        expect([...types].filter((type) => type === 'html' || type === 'image')).toEqual([])
        for (const {words} of cited) expect(words.trim()).toBe(words)
      }),
      {numRuns: 300, seed: seedOr(11)},
    )
    expect(citations).toBeGreaterThan(100)
  })
})

test.each([
  [
    'With Vitest, what finds a DOM, and how do I check an effect?',
    ['With Vitest what finds a DOM', 'how do I check an effect?'],
  ],
  [
    'How big may a package be and how long does it take?',
    ['How big may a package be', 'how long does it take?'],
  ],
  ['My times have no zone, how do I say so?', ['My times have no zone how do I say so?']],
])('the parts of a question ask something each: %s', (question, parts) => {
  expect(partsOfQuestion(question)).toEqual(parts)
})
