import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);
function placeText({file,line}){return line===void 0?file:`${file}:${line}`}function causeText(cause){return`${placeText(cause)}: ${cause.statement}`}export{placeText,causeText};
