import {DocentConsole} from './app.ts'
import {Join} from './join.ts'
import {TranscriptsView} from './list/transcripts-view.ts'
import {SignIn} from './sign-in.ts'

customElements.define('docent-sign-in', SignIn)
customElements.define('docent-join', Join)
customElements.define('docent-transcripts', TranscriptsView)
customElements.define('docent-console', DocentConsole)
