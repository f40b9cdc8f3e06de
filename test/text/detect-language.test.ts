import {beforeAll, describe, expect, test} from 'vitest'
import {languageOfProse, languageOfQuestion, loadLanguageDetector} from '../../src/text/detect-language.ts'

beforeAll(loadLanguageDetector)

describe('the language of a question', () => {
  test.each([
    ['Wie füge ich ein Logo hinzu?', 'de'],
    ['Seitenleiste anpassen', 'de'],
    ['Comment ajouter un logo ?', 'fr'],
    ['¿Cómo agrego un logotipo?', 'es'],
    ['Como adiciono um logotipo?', 'pt'],
    ['Come aggiungo un logo?', 'it'],
    ['検索の設定', 'ja'],
    ['安装插件', 'zh'],
    ['플러그인 설치', 'ko'],
    ['Как добавить логотип?', 'ru'],
    ['วิธีติดตั้งปลั๊กอิน', 'th'],
    ['How do I add a logo?', 'en'],
  ])('%s', (question, language) => {
    expect(languageOfQuestion(question)).toBe(language)
  })

  test.each([['kubectl'], ['HTTP 404'], ['8080'], [''], ['???']])('%j tells none', (question) => {
    expect(languageOfQuestion(question)).toBeNull()
  })

  test('of languages that are much alike, the one that the docs have', () => {
    const question = 'Настройка пресета'
    expect(languageOfQuestion(question, ['en', 'ru'])).toBe('ru')
  })

  test('a quotation in another script does not change it', () => {
    expect(
      languageOfQuestion('What does the message "接続に失敗しました" mean when I deploy the site?'),
    ).toBe('en')
  })
})

describe('the language of a page', () => {
  const german =
    'Der Hafen öffnet um sechs Uhr. Wer einen Liegeplatz braucht, meldet sich beim Hafenmeister. Die Gebühr richtet sich nach der Länge des Bootes und wird im Voraus bezahlt.'

  test('is that of its prose', () => {
    expect(languageOfProse(german)).toBe('de')
    expect(languageOfProse('The harbour opens at six. '.repeat(6))).toBe('en')
    expect(
      languageOfProse(
        '港は六時に開きます。停泊する船は港長に届け出てください。料金は船の長さで決まります。'.repeat(2),
      ),
    ).toBe('ja')
  })

  test('is not told by a few words', () => {
    expect(languageOfProse('Der Hafen öffnet.')).toBeNull()
    expect(languageOfProse('')).toBeNull()
  })

  test('is not told where its halves differ', () => {
    const english = 'The harbour opens at six and nobody may moor there before the keeper has given leave. '
    expect(languageOfProse(`${german} ${english.repeat(2)}`)).toBeNull()
  })
})
