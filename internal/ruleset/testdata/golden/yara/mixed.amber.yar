// TLP:AMBER – 受け取った組織とその顧客のうち、知る必要のある人に限ります
// TLP:AMBER – need to know, within the recipient's organisation and its clients
// mixed: yara, 50 values, written by wakachi on 2026-11-22T03:04:05Z for YARA 4.2

import "hash"
import "pe"

rule wakachi_mixed_directory_1 {
  meta:
    set = "mixed"
    tlp = "TLP:AMBER"
    date = "2026-11-22"
  strings:
    $s1 = "/tmp/.x/$(id);'a'" ascii wide nocase
    $s2 = "C:\\ProgramData\\mz\\mz'lock;$(x)%a%.exe" ascii wide nocase fullword
  condition:
    any of them
}

rule wakachi_mixed_file_1 {
  meta:
    set = "mixed"
    tlp = "TLP:AMBER"
    date = "2026-11-22"
  strings:
    $s1 = "mzlock.exe" ascii wide nocase fullword
    $s2 = { e8 ab 8b e6 b1 82 e6 9b b8 2e 64 6f 63 6d }
    $s2w = { cb 8a 42 6c f8 66 2e 00 64 00 6f 00 63 00 6d 00 }
  condition:
    any of them
}

rule wakachi_mixed_hash_md5_1 {
  meta:
    set = "mixed"
    tlp = "TLP:AMBER"
    date = "2026-11-22"
  condition:
    hash.md5(0, filesize) == "d41d8cd98f00b204e9800998ecf8427f"
}

rule wakachi_mixed_hash_sha1_1 {
  meta:
    set = "mixed"
    tlp = "TLP:AMBER"
    date = "2026-11-22"
  condition:
    hash.sha1(0, filesize) == "da39a3ee5e6b4b0d3255bfef95601890afd80700"
}

rule wakachi_mixed_hash_sha256_1 {
  meta:
    set = "mixed"
    tlp = "TLP:AMBER"
    date = "2026-11-22"
  condition:
    hash.sha256(0, filesize) == "ba9c736f19e7f60b7f6764adb0b7908c0a2b394e09b6c09863528c7f2bc86095"
    or hash.sha256(0, filesize) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8aa"
}

rule wakachi_mixed_pe_imphash_1 {
  meta:
    set = "mixed"
    tlp = "TLP:AMBER"
    date = "2026-11-22"
  condition:
    pe.imphash() == "0123456789abcdef0123456789abcdef"
}

rule wakachi_mixed_mutex_1 {
  meta:
    set = "mixed"
    tlp = "TLP:AMBER"
    date = "2026-11-22"
  strings:
    $s1 = "\"; } condition: true /* \\\" \\ $ | ' */ // # -- * ? % ` {x} [y] <z> & = ~" ascii wide
    $s2 = "#leading" ascii wide
    $s3 = "(empty)" ascii wide
    $s4 = "Global\\KRG-77aa-2026" ascii wide fullword
    $s5 = "trailing backslash\\" ascii wide
    $s6 = { e3 83 9f e3 83 a5 e3 83 bc e3 83 86 e3 83 83 e3 82 af e3 82 b9 e3 80 8c e5 a3 b1 e3 80 8d }
    $s6w = { df 30 e5 30 fc 30 c6 30 c3 30 af 30 b9 30 0c 30 f1 58 0d 30 }
  condition:
    any of them
}

rule wakachi_mixed_pdb_path_1 {
  meta:
    set = "mixed"
    tlp = "TLP:AMBER"
    date = "2026-11-22"
  strings:
    $s1 = "D:\\work\\x\\Release\\x.pdb" ascii wide nocase fullword
  condition:
    any of them
}

rule wakachi_mixed_scheduled_task_1 {
  meta:
    set = "mixed"
    tlp = "TLP:AMBER"
    date = "2026-11-22"
  strings:
    $s1 = "\\Microsoft\\MzUpdateCheck" ascii wide nocase
  condition:
    any of them
}

rule wakachi_mixed_service_1 {
  meta:
    set = "mixed"
    tlp = "TLP:AMBER"
    date = "2026-11-22"
  strings:
    $s1 = "Mz's \"Svc\"; --" ascii wide nocase
    $s2 = "MzUpdSvc" ascii wide nocase fullword
  condition:
    any of them
}

rule wakachi_mixed_user_agent_1 {
  meta:
    set = "mixed"
    tlp = "TLP:AMBER"
    date = "2026-11-22"
  strings:
    $s1 = "KRG/1.2" ascii wide fullword
    $s2 = "Mozilla/5.0 (compatible; \"x\" \\ ; | * ? % $ ' evil)" ascii wide
  condition:
    any of them
}

rule wakachi_mixed_windows_registry_key_1 {
  meta:
    set = "mixed"
    tlp = "TLP:AMBER"
    date = "2026-11-22"
  strings:
    $s1 = "SOFTWARE\\Mz \"x\" 'y'; -- %z" ascii wide nocase fullword
  condition:
    any of them
}
