// Tells the browser, and with it screen readers, which language the page speaks.
export default function ({ data }) {
  document.documentElement.lang = data.lang;
}
