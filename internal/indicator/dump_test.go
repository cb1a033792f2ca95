package indicator
import ("testing";"os";"fmt")
func TestDump(t *testing.T){ if os.Getenv("DUMP")=="" {t.Skip()}
 b,_:=os.ReadFile(os.Getenv("DUMP")); for _,m:=range Find(string(b)) { p:=""; if m.Port!=0 {p=fmt.Sprint(" :",m.Port)}; fmt.Printf("%-20s %-8s %3d %s%s", m.Type,m.Hash,m.Confidence,m.Value.Value,p); if m.Raw!=m.Value.Value {fmt.Printf("   <- %q",m.Raw)}; fmt.Println()}}
