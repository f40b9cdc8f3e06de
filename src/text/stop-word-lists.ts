import {stopwords as arabic} from '@orama/stopwords/arabic'
import {stopwords as armenian} from '@orama/stopwords/armenian'
import {stopwords as bulgarian} from '@orama/stopwords/bulgarian'
import {stopwords as danish} from '@orama/stopwords/danish'
import {stopwords as dutch} from '@orama/stopwords/dutch'
import {stopwords as finnish} from '@orama/stopwords/finnish'
import {stopwords as french} from '@orama/stopwords/french'
import {stopwords as german} from '@orama/stopwords/german'
import {stopwords as greek} from '@orama/stopwords/greek'
import {stopwords as hungarian} from '@orama/stopwords/hungarian'
import {stopwords as hindi} from '@orama/stopwords/indian'
import {stopwords as indonesian} from '@orama/stopwords/indonesian'
import {stopwords as irish} from '@orama/stopwords/irish'
import {stopwords as italian} from '@orama/stopwords/italian'
import {stopwords as lithuanian} from '@orama/stopwords/lithuanian'
import {stopwords as chinese} from '@orama/stopwords/mandarin'
import {stopwords as nepali} from '@orama/stopwords/nepali'
import {stopwords as norwegian} from '@orama/stopwords/norwegian'
import {stopwords as portuguese} from '@orama/stopwords/portuguese'
import {stopwords as romanian} from '@orama/stopwords/romanian'
import {stopwords as russian} from '@orama/stopwords/russian'
import {stopwords as serbian} from '@orama/stopwords/serbian'
import {stopwords as spanish} from '@orama/stopwords/spanish'
import {stopwords as swedish} from '@orama/stopwords/swedish'
import {stopwords as tamil} from '@orama/stopwords/tamil'
import {stopwords as turkish} from '@orama/stopwords/turkish'
import {stopwords as ukrainian} from '@orama/stopwords/ukrainian'

/** Words that say nothing about the subject of a text, by language. */
export const stopWordLists: Readonly<Record<string, readonly string[]>> = {
  ar: arabic,
  bg: bulgarian,
  da: danish,
  de: german,
  el: greek,
  es: spanish,
  fi: finnish,
  fr: french,
  ga: irish,
  hi: hindi,
  hu: hungarian,
  hy: armenian,
  id: indonesian,
  it: italian,
  lt: lithuanian,
  nb: norwegian,
  ne: nepali,
  nl: dutch,
  nn: norwegian,
  no: norwegian,
  pt: portuguese,
  ro: romanian,
  ru: russian,
  sr: serbian,
  sv: swedish,
  ta: tamil,
  tr: turkish,
  uk: ukrainian,
  zh: chinese,
}

/** Words of questions that these lists lack, as they say how something is asked and not what about. */
export const questionWords: Readonly<Record<string, string>> = {
  da: 'hvordan hvad hvor hvilken hvilke hvilket hvornår hvorfor kan skal vil må gør gøre bruge bruger findes',
  de: 'wieso warum wann weshalb wozu womit wofür wer wem wen wieviel wieviele darf dürfen kannst könnt soll sollen muss müssen möchte möchten gibt geben geht gehen macht bitte hilfe danke gerade eigentlich am besten möglich brauche brauchen passiert tun funktioniert beim mal',
  es: 'cómo como qué cuál cuáles dónde donde cuándo cuando quién quiénes cuánto cuántos cuánta cuántas puedo puede pueden podría debo debe hay hacer hago hace usar uso quiero necesito favor existe sirve mejor manera forma',
  fr: 'comment pourquoi quand où combien qui quoi puis-je peut peux peuvent pouvez puis faut faire fait fais dois doit veux veut voudrais souhaite existe possible est-ce y a-t-il besoin utiliser sert façon manière quels',
  id: 'bagaimana apa apakah kapan mengapa kenapa siapa berapa bisa dapat boleh cara',
  it: 'come cosa dove quando perché chi quanto quanti quale quali posso può possono potrei devo deve fare faccio fa voglio vorrei usare esiste serve modo bisogno',
  nl: 'hoe wat waar wanneer waarom wie welke welk kan kun kunt kunnen moet moeten mag doe doen gebruik gebruiken wil graag',
  no: 'hvordan hva hvor hvilken hvilke når hvorfor kan skal vil gjør gjøre bruke',
  pl: 'jak co gdzie kiedy dlaczego kto ile który która które czy mogę można może jest są się na do w z i nie to dla po od o za ze a ale lub oraz jako tak',
  pt: 'como que qual quais onde quando quem quanto quantos posso pode podem poderia devo deve há fazer faço faz usar uso quero preciso existe serve melhor maneira forma',
  ru: 'как что где когда почему зачем кто сколько какой какая какие каким можно могу можете нужно надо должен ли есть делать сделать использовать хочу',
  sv: 'hur vad var när varför vem vilken vilket vilka kan ska skall vill får gör göra använda använder finns',
  tr: 'nasıl ne nedir nerede nereye zaman neden niçin kim hangi kaç mı mi mu mü için ile var yok yapabilirim yapılır yapmalıyım istiyorum',
  uk: 'як що де коли чому хто скільки який яка які можна можу потрібно треба чи є робити зробити використовувати хочу',
}
