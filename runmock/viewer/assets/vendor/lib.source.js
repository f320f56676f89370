export {h, render, Fragment, createRef} from "preact";
export {useState, useEffect, useLayoutEffect, useRef, useMemo, useCallback, useReducer} from "preact/hooks";
import {h} from "preact";
import htm from "htm";
export const html = htm.bind(h);
export {default as MarkdownIt} from "markdown-it";
