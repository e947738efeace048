import { createRequire as __cr } from 'node:module'; const require = __cr(import.meta.url);
function standsAlone({kind,sql}){return kind==="query"||/[`\\]|\s\s|[^\S ]/.test(sql)||sql.length>240}export{standsAlone};
