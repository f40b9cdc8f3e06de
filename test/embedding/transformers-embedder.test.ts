import {createReadStream, existsSync, mkdtempSync, rmSync, truncateSync, writeFileSync} from 'node:fs'
import {createServer, type Server} from 'node:http'
import type {AddressInfo} from 'node:net'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {openEmbedder} from '../../src/embedding/transformers-embedder.ts'
import {cosine, embedderContract} from '../contracts/embedder.contract.ts'
import {wordsIn, writeTinyModel} from './tiny-model.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docent-model-'))
})
afterEach(() => rmSync(folder, {recursive: true}))

embedderContract('the shipped model', () => openEmbedder({model: null}), {
  one: 'Install the package with npm and start the server on port 3000.',
  nearOne: 'how do I install it?',
  other: 'Colours are written as hexadecimal numbers in a style sheet.',
})

const tinyFolder = mkdtempSync(join(tmpdir(), 'docent-tiny-'))
writeTinyModel(tinyFolder)
embedderContract('a token-level model', () => openEmbedder({model: tinyFolder}), {
  one: 'cats cats dogs',
  nearOne: 'cats',
  other: 'dogs birds',
})

describe('the shipped model', () => {
  test('is found wherever the process was started', async () => {
    const before = process.cwd()
    process.chdir(folder)
    try {
      const embedder = await openEmbedder({model: null})
      await embedder.close()

      expect(embedder).toMatchObject({name: 'docent-embed-small'})
      expect(embedder.id).toMatch(/^docent-embed-small:[0-9a-f]{16}$/)
    } finally {
      process.chdir(before)
    }
  })

  test('knows more than the same words', async () => {
    const embedder = await openEmbedder({model: null})

    const [deletion, colour] = await embedder.embedPassages([
      'Deleting a file removes it from the directory.',
      'The background color of an element.',
    ])
    const question = await embedder.embedQuery('remove folder')
    await embedder.close()

    expect(cosine(question, deletion!)).toBeGreaterThan(cosine(question, colour!) + 0.2)
  })

  test('a text of nothing but unknown signs gives a zero vector', async () => {
    const embedder = await openEmbedder({model: null})

    const vector = await embedder.embedQuery('\u{1F980}\u{1F980}')
    await embedder.close()

    expect(vector.every((value) => value === 0)).toBe(true)
  })
})

describe('a model’s own ways', () => {
  test('states are averaged over the words when nothing else is said, padding left out', async () => {
    writeTinyModel(folder)
    const embedder = await openEmbedder({model: folder})

    const [short] = await embedder.embedPassages(['cats dogs', 'cats cats cats dogs dogs birds'])
    await embedder.close()

    expect(wordsIn(short!)).toEqual({cats: 0.71, dogs: 0.71})
  })

  test.each([
    ['the first state', {pooling_mode_cls_token: true, pooling_mode_mean_tokens: false}, {cats: 1}],
    ['the last state', {pooling_mode_lasttoken: true}, {dogs: 1}],
    ['the greatest of the states', {pooling_mode_max_tokens: true}, {cats: 0.71, dogs: 0.71}],
  ])('%s is taken when 1_Pooling says so', async (_, config, expected) => {
    writeTinyModel(folder, {files: {'1_Pooling/config.json': config}})
    const embedder = await openEmbedder({model: folder})

    const [vector] = await embedder.embedPassages(['cats cats dogs', 'cats birds birds birds birds birds'])
    await embedder.close()

    expect(wordsIn(vector!)).toEqual(expected)
  })

  test('prompts go before questions and passages', async () => {
    writeTinyModel(folder, {
      files: {'config_sentence_transformers.json': {prompts: {query: 'query ', document: 'passage '}}},
    })
    const embedder = await openEmbedder({model: folder})

    const [passage] = await embedder.embedPassages(['cats'])
    const question = await embedder.embedQuery('cats')
    await embedder.close()

    expect(wordsIn(passage!)).toEqual({cats: 0.71, passage: 0.71})
    expect(wordsIn(question)).toEqual({cats: 0.71, query: 0.71})
  })

  test('a model of the E5 family gets its prefixes though its files do not name them', async () => {
    const e5 = join(folder, 'e5-small-v2')
    writeTinyModel(e5)
    const embedder = await openEmbedder({model: e5})

    const question = await embedder.embedQuery('cats')
    await embedder.close()

    expect(wordsIn(question)).toEqual({query: 0.58, ':': 0.58, cats: 0.58})
  })

  test('text past the model’s length is cut off', async () => {
    writeTinyModel(folder, {files: {'sentence_bert_config.json': {max_seq_length: 2}}})
    const embedder = await openEmbedder({model: folder})

    const vector = await embedder.embedQuery('cats cats dogs dogs')
    await embedder.close()

    expect(wordsIn(vector)).toEqual({cats: 1})
  })

  test('the id changes with whatever changes vectors', async () => {
    const ids = new Set<string>()
    const variants = [
      {},
      {maxLength: 100},
      {files: {'1_Pooling/config.json': {pooling_mode_cls_token: true}}},
      {weights: 'model_quantized.onnx'},
    ]

    for (const [index, variant] of variants.entries()) {
      const at = join(folder, String(index), 'same-name')
      writeTinyModel(at, variant)
      const embedder = await openEmbedder({model: at})
      await embedder.close()
      ids.add(embedder.id)
    }

    expect(ids.size).toBe(variants.length)
  })
})

describe('a model that cannot be used', () => {
  const refusal = (message: RegExp) => ({code: 'embedding_model', message: expect.stringMatching(message)})

  test('a broken file is told from a missing one, with a way on', async () => {
    writeTinyModel(folder)
    truncateSync(join(folder, 'onnx', 'model.onnx'), 100)

    const opening = openEmbedder({model: folder})

    await expect(opening).rejects.toMatchObject(refusal(/could not be loaded from .*Unset EMBEDDING_MODEL/s))
  })

  test('missing files are named', async () => {
    writeTinyModel(folder)
    rmSync(join(folder, 'tokenizer_config.json'))
    rmSync(join(folder, 'onnx'), {recursive: true})

    const opening = openEmbedder({model: folder})

    await expect(opening).rejects.toMatchObject(
      refusal(/tokenizer_config\.json, onnx\/model_quantized\.onnx missing/),
    )
  })

  test('a file that is not JSON is named', async () => {
    writeTinyModel(folder)
    writeFileSync(join(folder, 'tokenizer_config.json'), '{"model_max')

    const opening = openEmbedder({model: folder})

    await expect(opening).rejects.toMatchObject(
      refusal(/tokenizer_config\.json of the embedding model is not JSON/),
    )
  })

  test('a model whose last layer is not in its ONNX file is refused', async () => {
    writeTinyModel(folder, {
      files: {'modules.json': [{type: 'sentence_transformers.models.Dense'}]},
    })

    const opening = openEmbedder({model: folder})

    await expect(opening).rejects.toMatchObject(refusal(/dense layer/))
  })

  test('what is neither a folder nor a hub id is refused without asking anyone', async () => {
    const opening = openEmbedder({model: '/no/such/folder', hub: 'http://127.0.0.1:1'})

    await expect(opening).rejects.toMatchObject(refusal(/neither a folder nor a Hugging Face id/))
  })

  test('a hub that cannot be reached is named, with the reason and a way on', async () => {
    const opening = openEmbedder({model: 'someone/model', cacheDir: folder, hub: 'http://127.0.0.1:1'})

    await expect(opening).rejects.toMatchObject(
      refusal(
        /someone\/model could not be downloaded: 127\.0\.0\.1:1 cannot be reached.*Unset EMBEDDING_MODEL/s,
      ),
    )
  })

  test('a closed embedder says so', async () => {
    const embedder = await openEmbedder({model: null})
    await embedder.close()
    await embedder.close()

    await expect(embedder.embedQuery('cats')).rejects.toThrow(/closed/)
  })
})

describe('a model from the hub', () => {
  let server: Server
  let hub: string
  let asked: string[]

  beforeEach(async () => {
    asked = []
    server = createServer((request, response) => {
      const path = request.url!.replace('/resolve/main/', '/').split('?')[0]!
      asked.push(path)
      const file = join(folder, 'hub', path)
      if (!existsSync(file)) {
        response.writeHead(path.startsWith('/someone/tiny/') ? 404 : 401).end()
        return
      }
      response.writeHead(200)
      createReadStream(file).pipe(response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    hub = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterEach(
    () =>
      new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      }),
  )

  test('is downloaded once, used as its notes say, and then needs no network', async () => {
    const cacheDir = join(folder, 'cache')
    writeTinyModel(join(folder, 'hub/someone/tiny'), {
      files: {'1_Pooling/config.json': {pooling_mode_cls_token: true}},
    })

    const first = await openEmbedder({model: 'someone/tiny', cacheDir, hub})
    const vector = await first.embedQuery('dogs cats cats')
    await first.close()
    const askedAtFirst = asked.length
    const second = await openEmbedder({model: 'someone/tiny', cacheDir, hub})
    await second.close()

    expect(wordsIn(vector)).toEqual({dogs: 1})
    expect(second).toMatchObject({id: first.id, name: 'someone/tiny'})
    expect(asked.slice(askedAtFirst)).toEqual([])
  })

  test('that does not exist is refused with what the hub said', async () => {
    const opening = openEmbedder({model: 'someone/else', cacheDir: folder, hub})

    await expect(opening).rejects.toMatchObject({
      code: 'embedding_model',
      message: expect.stringMatching(/someone\/else could not be downloaded.*HTTP 401/s),
    })
  })
})
