export function ShowcasePage() {
  return <p>showcase</p>;
}
