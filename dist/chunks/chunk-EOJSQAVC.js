import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);
import{endGroup,error,notice,startGroup,warning}from"./chunk-LLDLDYKE.js";import{oneLine,visibleLine}from"./chunk-P5ECXRXE.js";import{randomUUID}from"node:crypto";function openLog(write){let grouped=!1,misses=new Set,endGroup2=()=>{grouped&&endGroup(),grouped=!1},title="plan-gate",notice2=text=>notice(visibleLines(text),{title});return{line:text=>write(`${text}
`),foreign(text){let lines=text.replace(/\n$/,"").split(`
`).map(visibleLine),word=randomUUID();write(`::stop-commands::${word}
${lines.join(`
`)}
::${word}::
`)},group(name){endGroup2(),startGroup(oneLine(name)),grouped=!0},endGroup:endGroup2,notice:notice2,warning:text=>warning(visibleLines(text),{title}),error:text=>error(visibleLines(text),{title}),missed(text){misses.has(text)||notice2(text),misses.add(text)},get misses(){return[...misses]}}}function visibleLines(text){return text.split(`
`).map(visibleLine).join(`
`)}export{openLog};
