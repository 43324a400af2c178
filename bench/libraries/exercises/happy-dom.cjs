exports.late = 'ES modules only';
exports.packages = ['happy-dom'];
exports.run = async () => {
  const { Window } = await import('happy-dom');
  const window = new Window();
  window.document.body.innerHTML = '<p>a</p>';
  const text = window.document.querySelector('p').textContent;
  await window.happyDOM.close();
  return text;
};
